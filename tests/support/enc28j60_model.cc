#include "tests/support/enc28j60_model.h"

#include <algorithm>

namespace test {

using namespace enc28j60_model;

namespace {

constexpr std::byte kIdleLine{0xff};
constexpr std::byte kNothing{0x00};

constexpr BoardFault kFaultList[] = {
    {"no-chip", "ENC28J60: nobody answers, MISO stays high"},
    {"miso-stuck-low", "ENC28J60: MISO stays low"},
    {"wrong-revision", "ENC28J60: EREVID is none of those there are"},
    {"tx-stall", "ENC28J60: each eighth transmission never ends (erratum 12)"},
    {"rx-hang", "ENC28J60: the receiver stops after eight frames, until it is reset"},
    {"corrupt-next-pointer",
     "ENC28J60: each sixteenth frame is received with a wrong next pointer"},
    {"false-late-collision", "ENC28J60: each eighth transmission ends in a collision (erratum 13)"},
    {"int-dead", "ENC28J60: INT is never driven low"},
    {"no-link", "ENC28J60: no link, whatever is plugged in"},
    {"duplex-mismatch", "ENC28J60: the other end is forced to full duplex"}};

}  // namespace

Enc28j60Model::Enc28j60Model(const Enc28j60Options& options, const BoardClock& clock,
                             Violations& violations)
    : options_(options), clock_(clock), violations_(violations), random_(options.seed) {
  PowerOn();
}

std::span<const BoardFault> Enc28j60Model::faults() { return kFaultList; }

bool Enc28j60Model::SetFault(std::string_view name, bool is_on) {
  const auto* const found = std::ranges::find(kFaultList, name, &BoardFault::name);
  if (found == std::end(kFaultList)) {
    return false;
  }
  Advance();
  faults_on_.at(static_cast<size_t>(found - std::begin(kFaultList))) = is_on;
  UpdateLink();
  return true;
}

size_t Enc28j60Model::Index(uint16_t address) {
  const size_t low = address & 0x1fu;
  return low >= kFirstCommon ? low : (address >> 8 & 3u) * 0x20 + low;
}

uint16_t Enc28j60Model::pointer(uint16_t address) const {
  return static_cast<uint16_t>(reg(address) | reg(static_cast<uint16_t>(address + 1)) << 8);
}

void Enc28j60Model::SetPointer(uint16_t address, uint16_t value) {
  set_reg(address, static_cast<uint8_t>(value));
  set_reg(static_cast<uint16_t>(address + 1), static_cast<uint8_t>(value >> 8));
}

void Enc28j60Model::Raise(uint8_t flags) { set_reg(kEir, static_cast<uint8_t>(reg(kEir) | flags)); }

void Enc28j60Model::PowerOn() {
  std::ranges::generate(buffer_, [this] { return static_cast<std::byte>(random_()); });
  ResetRegisters();
  clock_ready_at_ = ready_at_ = clock_.now() + kOscillatorStart;
}

void Enc28j60Model::ResetRegisters() {
  ++resets_;
  for (uint16_t bank = 0; bank < 4; ++bank) {
    for (uint16_t low = 0; low <= 0x1f; ++low) {
      const auto address = static_cast<uint16_t>(bank << 8 | low);
      const RegisterRow* row = FindRegister(address);
      if (row != nullptr) {
        set_reg(address, row->reset);
      }
    }
  }
  set_reg(kErevid, static_cast<uint8_t>(options_.revision));
  receive_pointer_low_ = reg(kErxrdpt);
  write_pointer_ = 0;
  transmit_end_ = mii_end_ = kNever;
  is_stalled_ = is_hung_ = false;
  incoming_.clear();
  first_byte_.reset();
  ResetPhy();
}

void Enc28j60Model::SetRevision(Enc28j60Revision revision) {
  options_.revision = revision;
  set_reg(kErevid, static_cast<uint8_t>(revision));
}

// Erratum 2: CLKRDY stays set although the PHY is not ready.
void Enc28j60Model::SoftReset() {
  if (Has(kEcon2, kPowerSave)) {
    violations_.Add("ENC28J60: system reset command during power save");
    return;
  }
  ResetRegisters();
  ready_at_ = std::max(clock_ready_at_, clock_.now() + kSoftResetTime);
}

void Enc28j60Model::SetResetPin(bool is_high) {
  if (is_high == reset_pin_) {
    return;
  }
  Advance();
  reset_pin_ = is_high;
  ResetRegisters();
  ready_at_ = std::max(clock_ready_at_, clock_.now() + kPinResetTime);
}

uint8_t Enc28j60Model::flags() const {
  const bool link = (phy_.at(kPhie) & kPhyInterruptEnables) == kPhyInterruptEnables &&
                    (phy_.at(kPhir) & kLinkChanged) != 0;
  return static_cast<uint8_t>(reg(kEir) | (packet_count() > 0 ? kPacket : 0) | (link ? kLink : 0));
}

bool Enc28j60Model::interrupt_pin() const {
  const bool is_driven = Has(kEie, kInterruptEnable) && (flags() & reg(kEie) & 0x7f) != 0;
  return !is_driven || HasFault(kInterruptDead) || HasFault(kNoChip);
}

void Enc28j60Model::Select() {
  if (is_selected_) {
    violations_.Add("ENC28J60: selected twice");
  }
  Advance();
  is_selected_ = true;
  selected_at_ = clock_.now();
  first_byte_.reset();
  data_bytes_ = 0;
  if (selected_at_ - deselected_at_ < kDeselected) {
    violations_.Add("ENC28J60: CS high for less than 50 ns");
  }
}

std::byte Enc28j60Model::Exchange(std::byte out) {
  if (HasFault(kNoChip) || !is_selected_ || !reset_pin_) {
    return kIdleLine;
  }
  Advance();
  last_byte_at_ = clock_.now();
  if (spi_hertz_ > kMaxSpiHertz) {
    violations_.Add("ENC28J60: SPI clock above 20 MHz");
  }
  std::byte in = kNothing;
  if (!first_byte_) {
    if (last_byte_at_ - DurationOf(8, spi_hertz_) - selected_at_ < kSelectSetup) {
      violations_.Add("ENC28J60: SCK runs less than 50 ns behind CS");
    }
    StartInstruction(std::to_integer<uint8_t>(out));
  } else {
    const uint8_t opcode = *first_byte_ >> 5;
    ++data_bytes_;
    if (opcode == kReadControl) {
      in = ReadControlByte();
    } else if (opcode == kReadBuffer) {
      in = ReadBufferByte();
    } else {
      TakeDataByte(out);
    }
  }
  return HasFault(kMisoLow) ? kNothing : in;
}

void Enc28j60Model::StartInstruction(uint8_t first) {
  first_byte_ = first;
  const uint8_t opcode = first >> 5;
  const uint8_t argument = first & 0x1f;
  const bool is_buffer = opcode == kReadBuffer || opcode == kWriteBuffer;
  if (is_buffer && argument != kBufferArgument) {
    violations_.Add("ENC28J60: buffer instruction without the constant 1Ah");
  }
  if (opcode == 6) {
    violations_.Add("ENC28J60: no such instruction");
  }
  if (opcode != kSystemReset) {
    return;
  }
  if (argument != kResetArgument) {
    violations_.Add("ENC28J60: system reset command is not FFh");
  }
  SoftReset();
  first_byte_ = first;
}

std::byte Enc28j60Model::ReadControlByte() {
  const uint16_t address = Banked(*first_byte_ & 0x1f);
  if (data_bytes_ == 1 && IsDummyFirst(address)) {
    return static_cast<std::byte>(random_());
  }
  return static_cast<std::byte>(ReadRegister(address));
}

std::byte Enc28j60Model::ReadBufferByte() {
  const uint16_t at = pointer(kErdpt);
  if (Has(kEcon2, kAutoIncrement)) {
    SetPointer(kErdpt, at == pointer(kErxnd) ? pointer(kErxst) : (at + 1) % kBufferSize);
  }
  return buffer_.at(at % kBufferSize);
}

void Enc28j60Model::WriteBufferByte(std::byte value) {
  const uint16_t at = pointer(kEwrpt);
  const bool is_sending = Has(kEcon1, kTransmitRequest);
  if (is_sending && at >= pointer(kEtxst) && at <= pointer(kEtxnd)) {
    violations_.Add("ENC28J60: buffer written while it is sent");
  }
  buffer_.at(at % kBufferSize) = value;
  if (Has(kEcon2, kAutoIncrement)) {
    SetPointer(kEwrpt, (at + 1) % kBufferSize);
  }
}

void Enc28j60Model::TakeDataByte(std::byte value) {
  const uint8_t opcode = *first_byte_ >> 5;
  if (opcode == kWriteBuffer) {
    WriteBufferByte(value);
    return;
  }
  if (opcode == kSystemReset || data_bytes_ > 1) {
    violations_.Add("ENC28J60: bytes behind the end of an instruction");
    return;
  }
  const uint16_t address = Banked(*first_byte_ & 0x1f);
  const auto bits = std::to_integer<uint8_t>(value);
  if (opcode == kWriteControl) {
    WriteRegister(address, bits);
  } else if (opcode == kBitFieldSet || opcode == kBitFieldClear) {
    ChangeBits(address, bits, opcode == kBitFieldSet);
  }
}

void Enc28j60Model::Deselect() {
  is_selected_ = false;
  deselected_at_ = clock_.now();
  if (first_byte_ && !HasFault(kNoChip)) {
    CheckInstructionEnd();
  }
  first_byte_.reset();
}

void Enc28j60Model::Release() {
  is_selected_ = false;
  first_byte_.reset();
}

void Enc28j60Model::CheckInstructionEnd() {
  const uint8_t opcode = *first_byte_ >> 5;
  const bool is_register = opcode == kReadControl || opcode == kWriteControl;
  const bool is_mac = is_register && IsDummyFirst(Banked(*first_byte_ & 0x1f));
  const size_t least = opcode == kSystemReset ? 0 : is_mac && opcode == kReadControl ? 2 : 1;
  if (data_bytes_ < least) {
    violations_.Add("ENC28J60: deselected within an instruction");
  }
  if (deselected_at_ - last_byte_at_ < (is_mac ? kSelectHoldMac : kSelectHold)) {
    violations_.Add(is_mac ? "ENC28J60: CS raised less than 210 ns behind a MAC register"
                           : "ENC28J60: CS raised less than 10 ns behind a byte");
  }
}

void Enc28j60Model::Advance() {
  const VirtualTime now = clock_.now();
  if (mii_end_ <= now) {
    FinishMii();
  }
  // At most what has waited, and one frame of our own among it.
  while (std::min(incoming_.empty() ? kNever : incoming_.front().end, transmit_end_) <= now) {
    if (transmit_end_ <= (incoming_.empty() ? kNever : incoming_.front().end)) {
      FinishTransmit();
      continue;
    }
    const Incoming next = std::move(incoming_.front());
    incoming_.pop_front();
    Receive(next.frame, next.errors);
  }
}

VirtualTime Enc28j60Model::next_event() const {
  return std::min({mii_end_, transmit_end_, incoming_.empty() ? kNever : incoming_.front().end});
}

}  // namespace test
