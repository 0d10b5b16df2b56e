#include "drivers/uart/s3c2416_uart.h"

#include <array>

namespace drivers {
namespace {

// The special registers of chapter 14.
struct LineControl {
  static constexpr uint32_t kAddress = 0x00;
  static constexpr uint32_t k8N1 = 0x03;
};
struct Control {
  static constexpr uint32_t kAddress = 0x04;
  // Receiver and transmitter work by interrupts, both as levels; clock is PCLK.
  static constexpr uint32_t kReceive = 1 << 0;
  static constexpr uint32_t kTransmit = 1 << 2;
  static constexpr uint32_t kReceiveLevel = 1 << 8;
  static constexpr uint32_t kTransmitLevel = 1 << 9;
  static constexpr uint32_t kAll = kReceive | kTransmit | kReceiveLevel | kTransmitLevel;
};
struct FifoControl {
  static constexpr uint32_t kAddress = 0x08;
  static constexpr uint32_t kEnable = 1 << 0;
  static constexpr uint32_t kResets = 3 << 1;        // both, clear themselves
  static constexpr uint32_t kTransmitAt16 = 1 << 6;  // interrupts at 16 bytes and below
};
constexpr uint32_t kModemControl = 0x0c;
struct ErrorStatus {  // cleared when read
  static constexpr uint32_t kAddress = 0x14;
  static constexpr uint32_t kOverrun = 1 << 0;
  static constexpr uint32_t kParity = 1 << 1;
  static constexpr uint32_t kFrame = 1 << 2;
  static constexpr uint32_t kBreak = 1 << 3;
};
struct FifoStatus {
  static constexpr uint32_t kAddress = 0x18;
  static constexpr uint32_t kReceivedMask = 0x3f;  // bytes, unless
  static constexpr uint32_t kReceiveFull = 1 << 6;
  static constexpr uint32_t kTransmitFull = 1 << 14;
};
constexpr uint32_t kTransmitData = 0x20;
constexpr uint32_t kReceivedData = 0x24;
constexpr uint32_t kBaudDivider = 0x28;
constexpr uint32_t kBaudSlots = 0x2c;

constexpr int kFifoSize = 64;

// Of the interrupt controller, chapter 9.
constexpr uint32_t kSubSourcePending = 0x18;  // write 1 to clear
constexpr uint32_t kSubSourceMask = 0x1c;

// The manual's table for UDIVSLOT: in which of 16 bits the divider is one longer, by their number.
constexpr std::array<uint16_t, 16> kSlots = {0x0000, 0x0080, 0x0808, 0x0888, 0x2222, 0x4924,
                                             0x4a52, 0x54aa, 0x5555, 0xd555, 0xd5d5, 0xddd5,
                                             0xdddd, 0xdfdd, 0xdfdf, 0xffdf};

}  // namespace

uint32_t S3c2416UartBus::DoRead(uint32_t address) {
  if (address == kReceivedData) {
    return *reinterpret_cast<const volatile uint8_t*>(base_ + address);
  }
  return *reinterpret_cast<const volatile uint32_t*>(base_ + address);
}

void S3c2416UartBus::DoWrite(uint32_t address, uint32_t value) {
  if (address == kTransmitData) {
    *reinterpret_cast<volatile uint8_t*>(base_ + address) = static_cast<uint8_t>(value);
  } else {
    *reinterpret_cast<volatile uint32_t*>(base_ + address) = value;
  }
}

base::Sum S3c2416UartBus::DoReadBlock(uint32_t, base::ByteSpan, size_t) { return 0; }

void S3c2416UartBus::DoWriteBlock(uint32_t, base::ConstByteSpan) {}

base::Status S3c2416Uart::Start(uint32_t clock_hz, uint32_t baud) {
  // In sixteenths: the clock runs 16 times a bit, and the slots say how often a bit is longer.
  const uint32_t sixteenths = baud == 0 ? 0 : (clock_hz + baud / 2) / baud;
  if (sixteenths < 16 || sixteenths / 16 > 0x1'0000) {
    return base::Status::kInvalidArgument;
  }
  Mask(receive_source_ | transmit_source_ | transmit_source_ << 1);
  bus_.Write(Control::kAddress, 0);
  bus_.Write(LineControl::kAddress, LineControl::k8N1);
  bus_.Write(kModemControl, 0);
  bus_.Write(FifoControl::kAddress,
             FifoControl::kEnable | FifoControl::kResets | FifoControl::kTransmitAt16);
  bus_.Write(kBaudDivider, sixteenths / 16 - 1);
  bus_.Write(kBaudSlots, kSlots[sixteenths % 16]);
  bus_.Write(Control::kAddress, Control::kAll);
  controller_.Write(kSubSourcePending, receive_source_ | transmit_source_ | transmit_source_ << 1);
  Unmask(receive_source_);
  return base::Status::kOk;
}

size_t S3c2416Uart::Read(base::ByteSpan out) {
  size_t count = 0;
  while (count < out.size() && !received_.empty()) {
    out[count++] = received_.Pop();
  }
  stats_.rx_octets += count;
  if (receive_paused_.load(std::memory_order_relaxed) && !received_.full()) {
    receive_paused_.store(false, std::memory_order_relaxed);
    Unmask(receive_source_);
  }
  return count;
}

size_t S3c2416Uart::Write(base::ConstByteSpan data) {
  size_t count = 0;
  while (count < data.size() && !unsent_.full()) {
    unsent_.Push(data[count++]);
  }
  stats_.tx_octets += count;
  if (!unsent_.empty()) {
    Unmask(transmit_source_);
  }
  return count;
}

// Served first and cleared afterwards: a level that is still there would set the bit again.
bool S3c2416Uart::OnInterrupt() {
  const uint32_t pending = controller_.Read(kSubSourcePending) & ~controller_.Read(kSubSourceMask);
  bool received = false;
  if ((pending & receive_source_) != 0) {
    received = TakeReceived();
  }
  if ((pending & transmit_source_) != 0) {
    SendWaiting();
  }
  controller_.Write(kSubSourcePending, pending & (receive_source_ | transmit_source_));
  return received;
}

// Without room the bytes stay in the FIFO, and the hardware reports what it loses behind them.
bool S3c2416Uart::TakeReceived() {
  bool received = false;
  for (int i = 0; i < kFifoSize; ++i) {
    constexpr uint32_t kAny = FifoStatus::kReceivedMask | FifoStatus::kReceiveFull;
    if ((bus_.Read(FifoStatus::kAddress) & kAny) == 0) {
      return received;
    }
    if (received_.full()) {
      receive_paused_.store(true, std::memory_order_relaxed);
      ++stats_.rx_ring_full;
      Mask(receive_source_);
      return received;
    }
    CountErrors();
    received_.Push(static_cast<std::byte>(bus_.Read(kReceivedData)));
    received = true;
  }
  return received;
}

// The errors belong to the byte that is read next in the FIFO, so they are looked at before it.
void S3c2416Uart::CountErrors() {
  const uint32_t errors = bus_.Read(ErrorStatus::kAddress);
  stats_.rx_overruns += (errors & ErrorStatus::kOverrun) != 0;
  constexpr uint32_t kDamage = ErrorStatus::kParity | ErrorStatus::kFrame | ErrorStatus::kBreak;
  stats_.rx_errors += (errors & kDamage) != 0;
}

void S3c2416Uart::SendWaiting() {
  for (int i = 0; i < kFifoSize && !unsent_.empty(); ++i) {
    if ((bus_.Read(FifoStatus::kAddress) & FifoStatus::kTransmitFull) != 0) {
      return;
    }
    bus_.Write(kTransmitData, std::to_integer<uint32_t>(unsent_.Pop()));
  }
  // An empty transmitter interrupts as long as it may.
  if (unsent_.empty()) {
    Mask(transmit_source_);
  }
}

void S3c2416Uart::Unmask(uint32_t source) {
  controller_.Write(kSubSourceMask, controller_.Read(kSubSourceMask) & ~source);
}

void S3c2416Uart::Mask(uint32_t source) {
  controller_.Write(kSubSourceMask, controller_.Read(kSubSourceMask) | source);
}

}  // namespace drivers
