#include "tests/support/vboard/s3c2416/uart.h"

#include <algorithm>
#include <array>
#include <bit>

#include "tests/support/vboard/hex.h"

namespace test::s3c2416 {
namespace {

constexpr uint32_t kLine = 0x00;
constexpr uint32_t kControl = 0x04;
constexpr uint32_t kFifoControl = 0x08;
constexpr uint32_t kModemControl = 0x0c;
constexpr uint32_t kStatus = 0x10;
constexpr uint32_t kError = 0x14;
constexpr uint32_t kFifoStatus = 0x18;
constexpr uint32_t kModemStatus = 0x1c;
constexpr uint32_t kTransmitData = 0x20;
constexpr uint32_t kReceiveData = 0x24;
constexpr uint32_t kDivider = 0x28;
constexpr uint32_t kSlots = 0x2c;

constexpr uint32_t k8N1 = 3;

// UCON.
constexpr uint32_t kModeInterrupt = 1;
constexpr uint32_t kErrorInterrupt = 1u << 6;
constexpr uint32_t kTimeoutInterrupt = 1u << 7;
constexpr uint32_t kLoopback = 1u << 5;
constexpr uint32_t kOtherClock = 1u << 10;

constexpr uint32_t kOverrun = 1;
constexpr VirtualTime kTimeoutFrames = 3;
constexpr std::array<size_t, 4> kReceiveTriggers = {1, 8, 16, 32};
constexpr std::array<size_t, 4> kTransmitTriggers = {0, 16, 32, 48};

}  // namespace

void Uart::Reset() {
  line_ = 0;
  control_ = 0;
  fifo_control_ = 0;
  modem_control_ = 0;
  error_ = 0;
  divider_ = 0;
  slots_ = 0;
  transmit_.clear();
  received_.clear();
  shift_end_ = kNever;
}

// DIV_VAL = UBRDIV + ones in UDIVSLOT / 16; the rate is PCLK / 16 / (DIV_VAL + 1) (11.3.10).
uint32_t Uart::Baud() const {
  const uint32_t sixteenths = 16 * (divider_ + 1) + static_cast<uint32_t>(std::popcount(slots_));
  return wiring_.pclk() / sixteenths;
}

VirtualTime Uart::FrameTime() const { return DurationOf(10, std::max(Baud(), 1u)); }

void Uart::CheckRate() {
  const uint32_t baud = Baud();
  const uint32_t difference = baud > kLineBaud ? baud - kLineBaud : kLineBaud - baud;
  if (uint64_t{difference} * 100 > uint64_t{kLineBaud} * 3) {
    violations_.Add("UART0 runs at " + std::to_string(baud) + " baud, the line at " +
                    std::to_string(kLineBaud));
  }
}

void Uart::Receive(std::span<const std::byte> bytes) {
  if (bytes.empty()) {
    return;
  }
  if (queue_.empty()) {
    receive_at_ = clock_.now() + DurationOf(10, kLineBaud);
  }
  queue_.insert(queue_.end(), bytes.begin(), bytes.end());
}

uint32_t Uart::FifoStatus() const {
  if (!has_fifo()) {
    return 0;
  }
  const size_t in = received_.size();
  const size_t out = transmit_.size();
  return static_cast<uint32_t>((in == 64 ? 1u << 6 : in) | (out == 64 ? 1u << 14 : out << 8));
}

uint32_t Uart::Peek(uint32_t offset) {
  switch (offset) {
    case kLine:
      return line_;
    case kControl:
      return control_;
    case kFifoControl:
      return fifo_control_;
    case kModemControl:
      return modem_control_;
    case kStatus:
      return (received_.empty() ? 0u : 1u) | (transmit_.empty() ? 2u : 0u) |
             (transmit_.empty() && shift_end_ == kNever ? 4u : 0u);
    case kError:
      return error_;
    case kFifoStatus:
      return FifoStatus();
    case kDivider:
      return divider_;
    case kSlots:
      return slots_;
    case kModemStatus:
    case kTransmitData:
    case kReceiveData:
      return 0;
    default:
      violations_.Add("no register of UART0 at offset " + Hex(offset));
      return 0;
  }
}

uint32_t Uart::Read(uint32_t offset) {
  if (offset == kError) {
    return std::exchange(error_, 0);
  }
  if (offset == kTransmitData) {
    violations_.Add("UTXH0 read: it is write-only");
  }
  if (offset != kReceiveData) {
    return Peek(offset);
  }
  if (received_.empty()) {
    violations_.Add("URXH0 read while nothing was received");
    return 0;
  }
  const std::byte byte = received_.front();
  received_.pop_front();
  return std::to_integer<uint32_t>(byte);
}

void Uart::Write(uint32_t offset, uint32_t value) {
  switch (offset) {
    case kLine:
      line_ = value;
      if (value != k8N1) {
        violations_.Add("UART0 is modelled with 8 bits, no parity, one stop bit");
      }
      return;
    case kControl:
      WriteControl(value);
      return;
    case kFifoControl:
      WriteFifoControl(value);
      return;
    case kModemControl:
      modem_control_ = value;
      if ((value & 0x10) != 0) {
        violations_.Add("UART0: automatic flow control, but no pin for it");
      }
      return;
    case kTransmitData:
      WriteData(value & 0xff);
      return;
    case kDivider:
    case kSlots:
      if (shift_end_ != kNever) {
        violations_.Add("UART0: divider written while a byte is sent");
      }
      (offset == kDivider ? divider_ : slots_) = value & 0xffff;
      return;
    default:
      violations_.Add("no register of UART0 to write at offset " + Hex(offset));
  }
}

void Uart::WriteControl(uint32_t value) {
  control_ = value;
  if ((value & 3) > kModeInterrupt || (value >> 2 & 3) > kModeInterrupt) {
    violations_.Add("UART0: DMA is not modelled");
  }
  if ((value & (kLoopback | kOtherClock)) != 0) {
    violations_.Add("UART0: loop-back and other clocks than PCLK are not modelled");
  }
}

void Uart::WriteFifoControl(uint32_t value) {
  if ((value & 8) != 0) {
    violations_.Add("UART0: reserved bit of UFCON0");
  }
  fifo_control_ = value & 0xf1;  // the two resets clear themselves
  if ((value & 2) != 0) {
    received_.clear();
  }
  if ((value & 4) != 0) {
    transmit_.clear();
  }
}

void Uart::WriteData(uint32_t value) {
  if ((control_ >> 2 & 3) == 0) {
    violations_.Add("UTXH0 written with the transmitter off");
    return;
  }
  if (transmit_.size() >= depth()) {
    violations_.Add("UTXH0 written while the FIFO is full, a byte is lost");
    return;
  }
  transmit_.push_back(static_cast<std::byte>(value));
  AdvanceTransmitter();
}

void Uart::AdvanceTransmitter() {
  const VirtualTime now = clock_.now();
  VirtualTime start = now;
  while (true) {
    if (shift_end_ <= now) {
      start = shift_end_;
      shift_end_ = kNever;
      CheckRate();
      if (!wiring_.has_tx_pin()) {
        violations_.Add("UART0 sends, but GPH0 is not TXD0");
      } else if (sink_) {
        sink_(shift_data_);
      }
    }
    if (shift_end_ != kNever || transmit_.empty()) {
      return;
    }
    shift_data_ = transmit_.front();
    transmit_.pop_front();
    shift_end_ = start + FrameTime();
  }
}

void Uart::TakeByte(std::byte byte) {
  if ((control_ & 3) == 0) {
    return;
  }
  if (!wiring_.has_rx_pin()) {
    violations_.Add("UART0 listens, but GPH1 is not RXD0");
    return;
  }
  CheckRate();
  if (received_.size() >= depth()) {
    error_ |= kOverrun;
    ++overruns_;
    return;
  }
  received_.push_back(byte);
  last_received_ = clock_.now();
}

void Uart::Advance() {
  AdvanceTransmitter();
  const VirtualTime now = clock_.now();
  while (receive_at_ <= now) {
    const std::byte byte = queue_.front();
    queue_.pop_front();
    TakeByte(byte);
    receive_at_ = queue_.empty() ? kNever : receive_at_ + DurationOf(10, kLineBaud);
  }
}

VirtualTime Uart::next_event() const {
  VirtualTime next = std::min(shift_end_, receive_at_);
  if ((control_ & kTimeoutInterrupt) != 0 && !received_.empty() && !asks_receive()) {
    next = std::min(next, last_received_ + kTimeoutFrames * FrameTime());
  }
  return next;
}

bool Uart::asks_receive() const {
  if ((control_ & 3) != kModeInterrupt || received_.empty()) {
    return false;
  }
  const size_t trigger = has_fifo() ? kReceiveTriggers.at(fifo_control_ >> 4 & 3) : 1;
  const bool is_late = (control_ & kTimeoutInterrupt) != 0 &&
                       clock_.now() >= last_received_ + kTimeoutFrames * FrameTime();
  return received_.size() >= trigger || is_late;
}

bool Uart::asks_transmit() const {
  const size_t trigger = has_fifo() ? kTransmitTriggers.at(fifo_control_ >> 6 & 3) : 0;
  return (control_ >> 2 & 3) == kModeInterrupt && transmit_.size() <= trigger;
}

bool Uart::asks_error() const { return (control_ & kErrorInterrupt) != 0 && error_ != 0; }

}  // namespace test::s3c2416
