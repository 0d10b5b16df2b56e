#include "tests/support/vboard/stm32f4/usart.h"

#include <algorithm>

#include "tests/support/vboard/hex.h"

namespace test {
namespace {

constexpr uint32_t kStatus = 0x00;
constexpr uint32_t kData = 0x04;
constexpr uint32_t kBaudRate = 0x08;
constexpr uint32_t kControl1 = 0x0c;
constexpr uint32_t kControl2 = 0x10;
constexpr uint32_t kControl3 = 0x14;

// SR.
constexpr uint32_t kOverrun = 1u << 3;
constexpr uint32_t kIdle = 1u << 4;
constexpr uint32_t kReceived = 1u << 5;
constexpr uint32_t kComplete = 1u << 6;
constexpr uint32_t kEmpty = 1u << 7;
constexpr uint32_t kClearedByData = 0x1f;  // by a read of SR, then DR
constexpr uint32_t kClearedByZero = kReceived | kComplete;
constexpr uint32_t kStatusReset = kEmpty | kComplete;

// CR1. The interrupt enables stand where SR has the flags.
constexpr uint32_t kReceiver = 1u << 2;
constexpr uint32_t kTransmitter = 1u << 3;
constexpr uint32_t kParity = 1u << 10;
constexpr uint32_t kNineBits = 1u << 12;
constexpr uint32_t kEnable = 1u << 13;
constexpr uint32_t kOversampling8 = 1u << 15;

constexpr uint32_t kStopBits2 = 2;  // CR2 bits 13 and 12
constexpr uint32_t kDma = 0xc0;     // CR3
constexpr uint32_t kSmallestDivider = 16;

}  // namespace

void Usart::Reset() {
  status_ = kStatusReset;
  divider_ = 0;
  control1_ = 0;
  control2_ = 0;
  control3_ = 0;
  status_was_read_ = false;
  shift_end_ = kNever;
  idle_at_ = kNever;
}

bool Usart::Has(uint32_t control_bit) const { return (control1_ & control_bit) != 0; }

uint32_t Usart::Baud() const {
  const uint32_t parts = Has(kOversampling8) ? (divider_ >> 4) * 8 + (divider_ & 7) : divider_;
  return wiring_.clock_hertz() / std::max(parts, 1u);
}

VirtualTime Usart::FrameTime() const {
  const uint32_t stop = (control2_ >> 12 & 3) == kStopBits2 ? 2 : 1;
  const uint32_t bits = 1 + (Has(kNineBits) ? 9u : 8u) + stop;
  return DurationOf(bits, std::max(Baud(), 1u));
}

void Usart::CheckRate() {
  const uint32_t baud = Baud();
  const uint32_t difference = baud > line_baud_ ? baud - line_baud_ : line_baud_ - baud;
  if (uint64_t{difference} * 100 > uint64_t{line_baud_} * 3) {
    violations_.Add(wiring_.name + " runs at " + std::to_string(baud) + " baud, the line at " +
                    std::to_string(line_baud_));
  }
}

void Usart::Receive(std::span<const std::byte> bytes) {
  if (bytes.empty()) {
    return;
  }
  if (queue_.empty()) {
    receive_at_ = clock_.now() + DurationOf(10, line_baud_);
  }
  queue_.insert(queue_.end(), bytes.begin(), bytes.end());
}

uint32_t Usart::Peek(uint32_t offset) {
  switch (offset) {
    case kStatus:
      return status_;
    case kBaudRate:
      return divider_;
    case kControl1:
      return control1_;
    case kControl2:
      return control2_;
    case kControl3:
      return control3_;
    default:
      return 0;
  }
}

uint32_t Usart::Read(uint32_t offset) {
  if (offset > kControl3 + 4) {
    violations_.Add("no register of " + wiring_.name + " at offset " + Hex(offset));
    return 0;
  }
  if (offset == kStatus) {
    status_was_read_ = true;
    return status_;
  }
  if (offset != kData) {
    return Peek(offset);
  }
  status_ &= ~(kReceived | (status_was_read_ ? kClearedByData : 0));
  status_was_read_ = false;
  return std::to_integer<uint32_t>(receive_data_);
}

void Usart::Write(uint32_t offset, uint32_t value) {
  switch (offset) {
    case kStatus:
      status_ &= value | ~kClearedByZero;
      return;
    case kData:
      WriteData(value);
      return;
    case kBaudRate:
      if (shift_end_ != kNever) {
        violations_.Add(wiring_.name + ": BRR written while a byte is sent");
      }
      divider_ = value & 0xffff;
      return;
    case kControl1:
      WriteControl(value);
      return;
    case kControl2:
      control2_ = value;
      return;
    case kControl3:
      if ((value & kDma) != 0) {
        violations_.Add(wiring_.name + ": DMA is not modelled");
      }
      control3_ = value;
      return;
    default:
      violations_.Add("no register of " + wiring_.name + " to write at offset " + Hex(offset));
  }
}

void Usart::WriteControl(uint32_t value) {
  control1_ = value & 0xbfff;
  if (Has(kEnable) && divider_ < kSmallestDivider) {
    violations_.Add(wiring_.name + " enabled with a divider below 16");
  }
  if (Has(kParity)) {
    violations_.Add(wiring_.name + ": parity is not modelled");
  }
  if (!Has(kEnable)) {
    shift_end_ = kNever;  // RM0090 30.6.4: the current byte is discarded
    status_ |= kStatusReset;
  }
}

void Usart::WriteData(uint32_t value) {
  if (!Has(kEnable) || !Has(kTransmitter)) {
    violations_.Add(wiring_.name + ": DR written with the transmitter off");
    return;
  }
  if ((status_ & kEmpty) == 0) {
    violations_.Add(wiring_.name + ": DR written while TXE is 0, a byte is lost");
  }
  transmit_data_ = static_cast<std::byte>(value);
  status_ &= ~(kEmpty | kComplete);
  AdvanceTransmitter();
}

void Usart::AdvanceTransmitter() {
  const VirtualTime now = clock_.now();
  VirtualTime start = now;
  // At most two: one in the shift register, one behind it.
  for (int i = 0; i < 2; ++i) {
    if (shift_end_ <= now) {
      start = shift_end_;
      shift_end_ = kNever;
      SendShifted();
    }
    if (shift_end_ == kNever && (status_ & kEmpty) == 0) {
      shift_data_ = transmit_data_;
      shift_end_ = start + FrameTime();
      status_ |= kEmpty;
    }
  }
}

void Usart::SendShifted() {
  CheckRate();
  status_ |= (status_ & kEmpty) != 0 ? kComplete : 0;
  if (!wiring_.has_tx_pin()) {
    violations_.Add(wiring_.name + " sends, but no pin is set to carry it");
  } else if (sink_) {
    sink_(shift_data_);
  }
}

void Usart::TakeByte(std::byte byte) {
  if (!Has(kEnable) || !Has(kReceiver)) {
    return;
  }
  if (!wiring_.has_rx_pin()) {
    violations_.Add(wiring_.name + " listens, but no pin is set to carry what comes");
    return;
  }
  CheckRate();
  if ((status_ & kReceived) != 0) {
    status_ |= kOverrun;
    ++overruns_;
    return;
  }
  receive_data_ = byte;
  status_ |= kReceived;
}

void Usart::AdvanceReceiver() {
  const VirtualTime now = clock_.now();
  while (receive_at_ <= now) {
    const std::byte byte = queue_.front();
    queue_.pop_front();
    TakeByte(byte);
    const VirtualTime next = receive_at_ + DurationOf(10, line_baud_);
    idle_at_ = queue_.empty() ? next : kNever;
    receive_at_ = queue_.empty() ? kNever : next;
  }
  if (idle_at_ <= now) {
    idle_at_ = kNever;
    status_ |= Has(kEnable) && Has(kReceiver) ? kIdle : 0;
  }
}

void Usart::Advance() {
  AdvanceTransmitter();
  AdvanceReceiver();
}

VirtualTime Usart::next_event() const { return std::min({shift_end_, receive_at_, idle_at_}); }

bool Usart::interrupt_line() const {
  const uint32_t sources = (status_ & kOverrun) != 0 ? status_ | kReceived : status_;
  return Has(kEnable) && (sources & control1_ & (kEmpty | kComplete | kReceived | kIdle)) != 0;
}

}  // namespace test
