#include "tests/support/vboard/stm32f4/spi.h"

#include <algorithm>

#include "tests/support/vboard/hex.h"

namespace test {
namespace {

constexpr uint32_t kControl1 = 0x00;
constexpr uint32_t kControl2 = 0x04;
constexpr uint32_t kStatus = 0x08;
constexpr uint32_t kData = 0x0c;
constexpr uint32_t kCrcPolynomial = 0x10;
constexpr uint32_t kEnd = 0x24;

// CR1.
constexpr uint32_t kPhase = 1u << 0;
constexpr uint32_t kPolarity = 1u << 1;
constexpr uint32_t kMaster = 1u << 2;
constexpr uint32_t kBaudRate = 7u << 3;
constexpr uint32_t kEnable = 1u << 6;
constexpr uint32_t kLsbFirst = 1u << 7;
constexpr uint32_t kInternalSelect = 1u << 8;
constexpr uint32_t kSoftwareSelect = 1u << 9;
constexpr uint32_t kFrameFormat = 1u << 11;
constexpr uint32_t kNotModelled = 0xf400 | kFrameFormat | kLsbFirst;  // BIDI, CRC, RXONLY too

// CR2.
constexpr uint32_t kReceiveDma = 1u << 0;
constexpr uint32_t kTransmitDma = 1u << 1;
constexpr uint32_t kSelectOutput = 1u << 2;
constexpr uint32_t kTiFrames = 1u << 4;
constexpr uint32_t kErrorInterrupt = 1u << 5;
constexpr uint32_t kReceivedInterrupt = 1u << 6;
constexpr uint32_t kEmptyInterrupt = 1u << 7;

// SR.
constexpr uint32_t kReceived = 1u << 0;
constexpr uint32_t kEmpty = 1u << 1;
constexpr uint32_t kModeFault = 1u << 5;
constexpr uint32_t kOverrun = 1u << 6;
constexpr uint32_t kBusy = 1u << 7;

constexpr uint32_t kBits = 8;

}  // namespace

void Spi::Reset() {
  control1_ = 0;
  control2_ = 0;
  status_ = kEmpty;
  overrun_data_read_ = false;
  mode_fault_read_ = false;
  shift_end_ = kNever;
}

SpiClock Spi::Clock() const {
  const uint32_t divider = 2u << ((control1_ & kBaudRate) >> 3);
  return {.hertz = wiring_.clock_hertz() / divider / slowdown_,
          .polarity = Has(kPolarity),
          .phase = Has(kPhase)};
}

bool Spi::wants_transmit_data() const {
  return Has(kEnable) && (control2_ & kTransmitDma) != 0 && (status_ & kEmpty) != 0;
}

bool Spi::has_received_data() const {
  return (control2_ & kReceiveDma) != 0 && (status_ & kReceived) != 0;
}

uint32_t Spi::Status() const { return status_ | (is_busy() ? kBusy : 0); }

uint32_t Spi::Peek(uint32_t offset) {
  switch (offset) {
    case kControl1:
      return control1_;
    case kControl2:
      return control2_;
    case kStatus:
      return Status();
    case kCrcPolynomial:
      return 7;
    default:
      return 0;
  }
}

uint32_t Spi::Read(uint32_t offset) {
  if (offset >= kEnd) {
    violations_.Add("no register of " + wiring_.name + " at offset " + Hex(offset));
    return 0;
  }
  if (offset == kData) {
    return ReadData();
  }
  if (offset != kStatus) {
    return Peek(offset);
  }
  const uint32_t value = Status();
  // 28.3.10: OVR by a read of DR, then of SR; MODF by a read of SR, then a write to CR1.
  status_ &= overrun_data_read_ ? ~kOverrun : ~0u;
  overrun_data_read_ = false;
  mode_fault_read_ = (value & kModeFault) != 0;
  return value;
}

uint32_t Spi::ReadData() {
  status_ &= ~kReceived;
  overrun_data_read_ = (status_ & kOverrun) != 0;
  return std::to_integer<uint32_t>(receive_data_);
}

void Spi::Write(uint32_t offset, uint32_t value) {
  switch (offset) {
    case kControl1:
      WriteControl1(value);
      return;
    case kControl2:
      WriteControl2(value);
      return;
    case kData:
      WriteData(value);
      return;
    case kStatus:
    case kCrcPolynomial:
      return;
    default:
      violations_.Add("no register of " + wiring_.name + " to write at offset " + Hex(offset));
  }
}

// 28.5.1, and 28.3.8 for SPE.
void Spi::CheckChange(uint32_t changed) {
  if (is_busy() && (changed & (kPhase | kPolarity | kBaudRate | kLsbFirst | kMaster)) != 0) {
    violations_.Add(wiring_.name + ": clock or mode changed while BSY is set");
  }
  if (Has(kEnable) && (changed & kFrameFormat) != 0) {
    violations_.Add(wiring_.name + ": CR1.DFF changed while SPE is set");
  }
  const bool is_done = !is_busy() && (status_ & kEmpty) != 0;
  if (Has(kEnable) && (changed & kEnable) != 0 && !is_done) {
    violations_.Add(wiring_.name + " disabled before TXE is set and BSY clear");
  }
}

void Spi::WriteControl1(uint32_t value) {
  value &= 0xffff;
  CheckChange(control1_ ^ value);
  control1_ = value;
  if (mode_fault_read_) {
    status_ &= ~kModeFault;
    mode_fault_read_ = false;
  }
  CheckMode();
  if (!Has(kEnable)) {
    shift_end_ = kNever;
  } else if ((status_ & kEmpty) == 0 && !is_busy()) {
    StartByte(clock_.now());
  }
}

void Spi::WriteControl2(uint32_t value) {
  control2_ = value & 0xf7;
  if ((value & kTiFrames) != 0) {
    violations_.Add(wiring_.name + ": TI frames are not modelled");
  }
  CheckMode();
}

// 28.3.10: a master whose NSS is low loses SPE and MSTR.
void Spi::CheckMode() {
  if ((control1_ & kNotModelled) != 0) {
    violations_.Add(wiring_.name + ": only 8 bits, MSB first, two data lines, no CRC are modelled");
  }
  if (!Has(kEnable)) {
    return;
  }
  const bool is_selected =
      Has(kSoftwareSelect) ? !Has(kInternalSelect) : (control2_ & kSelectOutput) == 0;
  if (Has(kMaster) && is_selected) {
    status_ |= kModeFault;
    control1_ &= ~(kEnable | kMaster);
    violations_.Add(wiring_.name + ": mode fault, the master's NSS is low");
  } else if (!Has(kMaster)) {
    violations_.Add(wiring_.name + ": enabled as a slave, which is not modelled");
  }
}

void Spi::WriteData(uint32_t value) {
  if ((status_ & kEmpty) == 0) {
    violations_.Add(wiring_.name + ": DR written while TXE is 0, a byte is lost");
  }
  transmit_data_ = static_cast<std::byte>(value);
  status_ &= ~kEmpty;
  if (Has(kEnable) && !is_busy()) {
    StartByte(clock_.now());
  }
}

void Spi::StartByte(VirtualTime at) {
  shift_data_ = transmit_data_;
  status_ |= kEmpty;
  shift_end_ = at + DurationOf(kBits, std::max(Clock().hertz, 1u));
}

void Spi::EndByte() {
  ++bytes_;
  if (!wiring_.has_sck_pin() || !wiring_.has_mosi_pin() || !wiring_.has_miso_pin()) {
    violations_.Add(wiring_.name + " moves a byte, but SCK, MOSI or MISO has no pin");
  }
  const std::byte received = peer_ ? peer_(shift_data_, Clock()) : std::byte{0xff};
  if ((status_ & kReceived) != 0) {
    status_ |= kOverrun;
    return;
  }
  receive_data_ = received;
  status_ |= kReceived;
}

void Spi::Advance() {
  while (shift_end_ <= clock_.now()) {
    const VirtualTime end = shift_end_;
    shift_end_ = kNever;
    EndByte();
    if ((status_ & kEmpty) == 0) {
      StartByte(end);
    }
  }
}

bool Spi::interrupt_line() const {
  return ((control2_ & kEmptyInterrupt) != 0 && (status_ & kEmpty) != 0) ||
         ((control2_ & kReceivedInterrupt) != 0 && (status_ & kReceived) != 0) ||
         ((control2_ & kErrorInterrupt) != 0 && (status_ & (kOverrun | kModeFault)) != 0);
}

}  // namespace test
