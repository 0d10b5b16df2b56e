#include "drivers/uart/pl011_uart.h"

namespace drivers {
namespace {

// ARM DDI 0183, chapter 3.3.
struct Data {
  static constexpr uint32_t kAddress = 0x00;
  static constexpr uint32_t kFramingError = 1 << 8;
  static constexpr uint32_t kParityError = 1 << 9;
  static constexpr uint32_t kBreak = 1 << 10;
  static constexpr uint32_t kOverrun = 1 << 11;  // bytes behind this one were lost
  static constexpr uint32_t kErrors = kFramingError | kParityError | kBreak;
};

struct Flags {
  static constexpr uint32_t kAddress = 0x18;
  static constexpr uint32_t kReceiveEmpty = 1 << 4;
  static constexpr uint32_t kTransmitFull = 1 << 5;
};

struct Divider {
  static constexpr uint32_t kInteger = 0x24;
  static constexpr uint32_t kFraction = 0x28;  // in 64ths
};

struct LineControl {
  static constexpr uint32_t kAddress = 0x2c;
  static constexpr uint32_t kFifos = 1 << 4;
  static constexpr uint32_t kEightBits = 3 << 5;
};

struct Control {
  static constexpr uint32_t kAddress = 0x30;
  static constexpr uint32_t kEnable = 1 << 0;
  static constexpr uint32_t kTransmit = 1 << 8;
  static constexpr uint32_t kReceive = 1 << 9;
};

// At an eighth full for the receiver, at an eighth left for the transmitter.
constexpr uint32_t kFifoLevels = 0x34;

struct Interrupts {
  static constexpr uint32_t kMask = 0x38;
  static constexpr uint32_t kClear = 0x44;
  static constexpr uint32_t kReceive = 1 << 4;
  static constexpr uint32_t kTransmit = 1 << 5;
  static constexpr uint32_t kReceiveTimeout = 1 << 6;  // bytes below the mark, and silence
  static constexpr uint32_t kAll = 0x7f0;
  static constexpr uint32_t kReceiver = kReceive | kReceiveTimeout;
};

// Bytes moved at once. Real hardware has 16; emulated hardware takes the next without end.
constexpr size_t kMaxBytesAtOnce = 64;

}  // namespace

base::Status Pl011Uart::Start(uint32_t clock_hz, uint32_t baud) {
  // The divider in 64ths of 16 samples a bit, 2.4.1: clock * 64 / (16 * baud), rounded.
  const uint64_t divider = baud == 0 ? 0 : (uint64_t{clock_hz} * 4 + baud / 2) / baud;
  if (divider < 64 || divider > uint64_t{0xffff} * 64) {
    return base::Status::kInvalidArgument;
  }
  bus_.Write(Control::kAddress, 0);
  bus_.Write(Divider::kInteger, static_cast<uint32_t>(divider / 64));
  bus_.Write(Divider::kFraction, static_cast<uint32_t>(divider % 64));
  // This write also takes the divider over (3.3.7).
  bus_.Write(LineControl::kAddress, LineControl::kEightBits | LineControl::kFifos);
  bus_.Write(kFifoLevels, 0);
  bus_.Write(Interrupts::kClear, Interrupts::kAll);
  bus_.Write(Interrupts::kMask, Interrupts::kReceiver);
  bus_.Write(Control::kAddress, Control::kEnable | Control::kTransmit | Control::kReceive);
  return base::Status::kOk;
}

size_t Pl011Uart::Read(base::ByteSpan out) {
  size_t count = 0;
  while (count < out.size() && !received_.empty()) {
    out[count++] = received_.Pop();
  }
  stats_.rx_octets += count;
  if (receive_paused_.load(std::memory_order_relaxed) && !received_.full()) {
    receive_paused_.store(false, std::memory_order_relaxed);
    // What waits in the FIFO still raises one of the two.
    Enable(Interrupts::kReceiver);
  }
  return count;
}

size_t Pl011Uart::Write(base::ConstByteSpan data) {
  size_t count = 0;
  while (count < data.size() && !unsent_.full()) {
    unsent_.Push(data[count++]);
  }
  stats_.tx_octets += count;
  Disable(Interrupts::kTransmit);
  bus_.Write(Interrupts::kClear, Interrupts::kTransmit);
  MoveUnsent();
  if (!unsent_.empty()) {
    Enable(Interrupts::kTransmit);
  }
  return count;
}

bool Pl011Uart::OnInterrupt() {
  TakeReceived();
  if ((bus_.Read(Interrupts::kMask) & Interrupts::kTransmit) != 0) {
    // Before bytes are written: when these have left, it is raised anew.
    bus_.Write(Interrupts::kClear, Interrupts::kTransmit);
    MoveUnsent();
    if (unsent_.empty()) {
      Disable(Interrupts::kTransmit);
    }
  }
  return !received_.empty();
}

// Reading the last byte takes the interrupts back. Without room the bytes stay in the FIFO, and the
// hardware reports what it loses behind them.
void Pl011Uart::TakeReceived() {
  for (size_t i = 0; i < kMaxBytesAtOnce; ++i) {
    if ((bus_.Read(Flags::kAddress) & Flags::kReceiveEmpty) != 0) {
      return;
    }
    if (received_.full()) {
      if (!receive_paused_.exchange(true, std::memory_order_relaxed)) {
        ++stats_.rx_ring_full;
      }
      Disable(Interrupts::kReceiver);
      return;
    }
    const uint32_t data = bus_.Read(Data::kAddress);
    stats_.rx_overruns += (data & Data::kOverrun) != 0 ? 1 : 0;
    stats_.rx_errors += (data & Data::kErrors) != 0 ? 1 : 0;
    received_.Push(static_cast<std::byte>(data));
  }
}

// Afterwards the ring is empty, or the FIFO is full and interrupts once it has emptied.
void Pl011Uart::MoveUnsent() {
  for (size_t i = 0; i < kMaxBytesAtOnce && !unsent_.empty(); ++i) {
    if ((bus_.Read(Flags::kAddress) & Flags::kTransmitFull) != 0) {
      return;
    }
    bus_.Write(Data::kAddress, std::to_integer<uint32_t>(unsent_.Pop()));
  }
}

void Pl011Uart::Enable(uint32_t interrupts) {
  bus_.Write(Interrupts::kMask, bus_.Read(Interrupts::kMask) | interrupts);
}

void Pl011Uart::Disable(uint32_t interrupts) {
  const uint32_t mask = bus_.Read(Interrupts::kMask);
  if ((mask & interrupts) != 0) {
    bus_.Write(Interrupts::kMask, mask & ~interrupts);
  }
}

}  // namespace drivers
