#include "tests/support/stm32_eth_model.h"

#include <algorithm>
#include <string>

#include "tests/support/vboard/hex.h"

namespace test {

using namespace stm32_eth;

namespace {

constexpr VirtualTime kResetTime = kMicrosecond;  // some cycles of the slowest clock

}  // namespace

Stm32EthModel::Stm32EthModel(const Parts& parts, Stm32EthWiring wiring)
    : clock_(parts.clock),
      memory_(parts.memory),
      mdio_(parts.mdio),
      phy_(parts.phy),
      violations_(parts.violations),
      wiring_(std::move(wiring)),
      tx_list_(EthDescriptorList::Kind::kTransmit, parts.memory, parts.violations),
      rx_list_(EthDescriptorList::Kind::kReceive, parts.memory, parts.violations) {
  Reset();
}

void Stm32EthModel::Report(const char* text) { violations_.Add(std::string("ETH: ") + text); }

// A reset of the chip or the block leaves DMABMR.SR set until the clocks have carried it through.
void Stm32EthModel::Reset() {
  time_ = clock_.now();
  ResetRegisters();
}

void Stm32EthModel::ResetRegisters() {
  for (uint32_t offset = 0; offset < kEnd; offset += 4) {
    const Register* row = FindRegister(offset);
    At(offset) = row == nullptr ? 0 : row->reset_value;
  }
  is_resetting_ = true;
  reset_until_ = kNever;
  flush_until_ = management_end_ = watchdog_end_ = kNever;
  mac_written_.fill(-kPicosecondsPerSecond);
  tx_state_ = rx_state_ = DmaState::kStopped;
  on_wire_.reset();
  queued_.reset();
  rx_descriptor_.reset();
  fifo_.clear();
  fifo_used_ = 0;
  pause_until_ = 0;
  tx_list_.Forget();
  rx_list_.Forget();
  tx_list_.SetLayout(false, 0);
  rx_list_.SetLayout(false, 0);
}

// RM0090 33.6.1 and DMABMR.SR: it ends when all clock domains have seen it.
void Stm32EthModel::AdvanceReset() {
  if (!wiring_.has_transmit_clock() || !wiring_.has_receive_clock()) {
    reset_until_ = kNever;
    return;
  }
  if (reset_until_ == kNever) {
    reset_until_ = time_ + kResetTime;
  }
  if (reset_until_ <= time_) {
    is_resetting_ = false;
    reset_until_ = kNever;
    At(kDmabmr) &= ~kBmReset;
  }
}

void Stm32EthModel::Advance() {
  const VirtualTime now = clock_.now();
  time_ = now;
  if (is_resetting_) {
    AdvanceReset();
  }
  if (next_event() <= now) {
    AdvanceTo(now);
  }
}

// One event after the other, in their order.
void Stm32EthModel::AdvanceTo(VirtualTime now) {
  for (VirtualTime next = next_event(); next <= now; next = next_event()) {
    time_ = std::max(next, VirtualTime{0});
    if (reset_until_ <= next) {
      AdvanceReset();
    } else if (management_end_ <= next) {
      AdvanceManagement();
    } else if (flush_until_ <= next) {
      flush_until_ = kNever;
      At(kDmaomr) &= ~kOmFlush;
    } else if (watchdog_end_ <= next) {
      watchdog_end_ = kNever;
      Raise(kSrReceived);
    } else if (on_wire_ && on_wire_->end <= next) {
      CompleteTransmit();
    } else if (!wire_.empty()) {
      WireFrame frame = std::move(wire_.front());
      wire_.pop_front();
      Arrive(std::move(frame));
    }
  }
  time_ = now;
}

VirtualTime Stm32EthModel::next_event() const {
  VirtualTime next = std::min({reset_until_, management_end_, flush_until_, watchdog_end_});
  if (on_wire_) {
    next = std::min(next, on_wire_->end);
  }
  if (!wire_.empty()) {
    next = std::min(next, wire_.front().end);
  }
  return next;
}

bool Stm32EthModel::interrupt_line() const {
  if (faults_.dead_interrupt) {
    return false;
  }
  const uint32_t summary = Stored(kDmasr) & Stored(kDmaier) & (kSrNormal | kSrAbnormal);
  return summary != 0 || mmc_interrupt();
}

uint32_t Stm32EthModel::Peek(uint32_t offset) {
  switch (offset) {
    case kDmasr:
      return ReadStatus();
    case kMacdbgr:
      return ReadDebug();
    case kMacsr:
      return (Stored(kMmcrir) != 0 ? 0x30u : 0) | (Stored(kMmctir) != 0 ? 0x50u : 0);
    case kDmachtdr:
      return on_wire_ ? on_wire_->last.address : tx_list_.position();
    case kDmachrdr:
      return rx_descriptor_ ? rx_descriptor_->address : rx_list_.position();
    default:
      return offset < kEnd ? Stored(offset) : 0;
  }
}

uint32_t Stm32EthModel::Read(uint32_t offset) {
  Advance();
  const Register* row = FindRegister(offset);
  if (row == nullptr) {
    violations_.Add("ETH: no register at offset " + Hex(offset));
    return 0;
  }
  if (offset == kMacmiidr && Has(kMacmiiar, kMiiBusy)) {
    Report("MACMIIDR read during an access of the PHY");
  }
  if (offset == kDmamfbocr) {
    return std::exchange(At(kDmamfbocr), 0);
  }
  if (offset >= kMmcrir && offset <= kMmcrgufcr) {
    return ReadMmc(offset);
  }
  return Peek(offset);
}

bool Stm32EthModel::CheckWrite(uint32_t offset, uint32_t value) {
  const Register* row = FindRegister(offset);
  if (row == nullptr) {
    violations_.Add("ETH: no register to write at offset " + Hex(offset));
    return false;
  }
  if (row->writable == 0) {
    violations_.Add(std::string("ETH: ") + row->name + " is read-only");
    return false;
  }
  if (is_resetting_ && !(offset == kDmabmr && (value & kBmReset) != 0)) {
    violations_.Add(std::string("ETH: ") + row->name + " written while DMABMR.SR is 1");
  }
  if (((value ^ row->reset_value) & ~(row->writable | row->read_only)) != 0) {
    violations_.Add(std::string("ETH: reserved bits of ") + row->name + " changed, " + Hex(value));
  }
  if (offset >= kPtptscr && offset <= kPtpppscr && value != row->reset_value) {
    Report("time stamps are not modelled");
    return false;
  }
  return true;
}

// ES0182, Ethernet: a second write within four cycles of TX_CLK or RX_CLK may get lost.
void Stm32EthModel::CheckSpacing(uint32_t offset) {
  VirtualTime& last = mac_written_.at(offset / 4);
  const uint32_t hertz = Has(kMaccr, kCrFast) ? 25'000'000 : 2'500'000;
  if (time_ - last < DurationOf(4, hertz)) {
    violations_.Add(std::string("ETH: ") + FindRegister(offset)->name +
                    " written twice within four cycles of the MII clock (ES0182)");
  }
  last = time_;
}

void Stm32EthModel::Write(uint32_t offset, uint32_t value) {
  Advance();
  if (!CheckWrite(offset, value)) {
    return;
  }
  if (offset >= kDmabmr) {
    WriteDma(offset, value);
  } else if (offset >= kMmccr && offset < kPtptscr) {
    WriteMmc(offset, value);
  } else {
    WriteMac(offset, value);
  }
}

void Stm32EthModel::WriteMac(uint32_t offset, uint32_t value) {
  const bool is_management = offset == kMacmiiar || offset == kMacmiidr;
  if (offset <= kMacvlantr && !is_management) {
    CheckSpacing(offset);
  }
  switch (offset) {
    case kMaccr:
      WriteMaccr(value);
      return;
    case kMacmiiar:
      WriteMiiAddress(value);
      return;
    case kMacfcr:
      WriteMacfcr(value);
      return;
    case kMacmiidr:
      if (Has(kMacmiiar, kMiiBusy)) {
        Report("MACMIIDR written during an access of the PHY");
      }
      break;
    case kMacpmtcsr:
      if (value != 0) {
        Report("remote wake-up is not modelled");
      }
      return;
    case kMaca0hr:
      value |= kAddressEnable;
      break;
    default:
      break;
  }
  At(offset) = value;
}

void Stm32EthModel::WriteMaccr(uint32_t value) {
  constexpr uint32_t kSlowestHclk = 25'000'000;  // RM0090 33.4.4
  if ((value & (kCrTransmitter | kCrReceiver)) != 0 && clock_.hclk() < kSlowestHclk) {
    Report("HCLK is below 25 MHz");
  }
  if ((value & kCrChecksumOffload) != 0 && rx_state_ != DmaState::kStopped &&
      !rx_list_.is_enhanced()) {
    Report("MACCR.IPCO needs enhanced descriptors");
  }
  At(kMaccr) = value;
  ScheduleTransmit();
}

}  // namespace test
