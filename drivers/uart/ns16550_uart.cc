#include "drivers/uart/ns16550_uart.h"

namespace drivers {
namespace {

// PC16550D, table II.
constexpr uint32_t kData = 0x00;
constexpr uint32_t kDividerLow = 0x00;   // while LineControl::kDividerAccess is set
constexpr uint32_t kDividerHigh = 0x04;  // the same

struct InterruptEnable {
  static constexpr uint32_t kAddress = 0x04;
  static constexpr uint32_t kReceived = 1 << 0;
  static constexpr uint32_t kTransmitEmpty = 1 << 1;
};

struct InterruptId {
  static constexpr uint32_t kAddress = 0x08;
};

struct FifoControl {
  static constexpr uint32_t kAddress = 0x08;
  static constexpr uint32_t kEnable = 1 << 0;
  static constexpr uint32_t kResetReceiver = 1 << 1;
  static constexpr uint32_t kResetTransmitter = 1 << 2;  // and the mark of the receiver: one byte
};

struct LineControl {
  static constexpr uint32_t kAddress = 0x0c;
  static constexpr uint32_t kEightBits = 3;
  static constexpr uint32_t kDividerAccess = 1 << 7;
};

constexpr uint32_t kModemControl = 0x10;  // 0: no loopback, no modem lines

struct LineStatus {
  static constexpr uint32_t kAddress = 0x14;
  static constexpr uint32_t kReceived = 1 << 0;
  static constexpr uint32_t kOverrun = 1 << 1;  // this and the next are cleared by reading
  static constexpr uint32_t kErrors = 0x1c;     // parity, framing, break
  static constexpr uint32_t kTransmitEmpty = 1 << 5;
};

constexpr size_t kFifo = 16;
// Bytes taken in one interrupt. Real hardware has 16; emulated hardware brings the next at once.
constexpr size_t kMaxBytesAtOnce = 64;

}  // namespace

base::Status Ns16550Uart::Start(uint32_t clock_hz, uint32_t baud) {
  const uint64_t bit = uint64_t{baud} * 16;
  const uint64_t divider = baud == 0 ? 0 : (clock_hz + bit / 2) / bit;
  if (divider < 1 || divider > 0xffff) {
    return base::Status::kInvalidArgument;
  }
  bus_.Write(InterruptEnable::kAddress, 0);
  bus_.Write(LineControl::kAddress, LineControl::kEightBits | LineControl::kDividerAccess);
  bus_.Write(kDividerLow, static_cast<uint32_t>(divider & 0xff));
  bus_.Write(kDividerHigh, static_cast<uint32_t>(divider >> 8));
  bus_.Write(LineControl::kAddress, LineControl::kEightBits);
  bus_.Write(FifoControl::kAddress,
             FifoControl::kEnable | FifoControl::kResetReceiver | FifoControl::kResetTransmitter);
  bus_.Write(kModemControl, 0);
  bus_.Write(InterruptEnable::kAddress, InterruptEnable::kReceived);
  return base::Status::kOk;
}

size_t Ns16550Uart::Read(base::ByteSpan out) {
  size_t count = 0;
  while (count < out.size() && !received_.empty()) {
    out[count++] = received_.Pop();
  }
  stats_.rx_octets += count;
  if (receive_paused_.load(std::memory_order_relaxed) && !received_.full()) {
    receive_paused_.store(false, std::memory_order_relaxed);
    Enable(InterruptEnable::kReceived);
  }
  return count;
}

size_t Ns16550Uart::Write(base::ConstByteSpan data) {
  size_t count = 0;
  while (count < data.size() && !unsent_.full()) {
    unsent_.Push(data[count++]);
  }
  stats_.tx_octets += count;
  if (!unsent_.empty()) {
    Enable(InterruptEnable::kTransmitEmpty);
  }
  return count;
}

bool Ns16550Uart::OnInterrupt() {
  // Takes the transmitter's interrupt back (table IV); what it tells stands in the line status too.
  bus_.Read(InterruptId::kAddress);
  TakeReceived();
  SendNext();
  return !received_.empty();
}

// Reading the last byte takes the interrupt back. Without room the bytes stay in the FIFO, and the
// hardware reports what it loses behind them.
void Ns16550Uart::TakeReceived() {
  for (size_t i = 0; i < kMaxBytesAtOnce; ++i) {
    const uint32_t status = bus_.Read(LineStatus::kAddress);
    stats_.rx_overruns += (status & LineStatus::kOverrun) != 0 ? 1 : 0;
    stats_.rx_errors += (status & LineStatus::kErrors) != 0 ? 1 : 0;
    if ((status & LineStatus::kReceived) == 0) {
      return;
    }
    if (received_.full()) {
      if (!receive_paused_.exchange(true, std::memory_order_relaxed)) {
        ++stats_.rx_ring_full;
      }
      Disable(InterruptEnable::kReceived);
      return;
    }
    received_.Push(static_cast<std::byte>(bus_.Read(kData)));
  }
}

// An empty FIFO takes 16 bytes and interrupts when they have left.
void Ns16550Uart::SendNext() {
  if ((bus_.Read(LineStatus::kAddress) & LineStatus::kTransmitEmpty) == 0) {
    return;
  }
  for (size_t i = 0; i < kFifo && !unsent_.empty(); ++i) {
    bus_.Write(kData, std::to_integer<uint32_t>(unsent_.Pop()));
  }
  if (unsent_.empty()) {
    Disable(InterruptEnable::kTransmitEmpty);
  }
}

void Ns16550Uart::Enable(uint32_t interrupt) {
  bus_.Write(InterruptEnable::kAddress, bus_.Read(InterruptEnable::kAddress) | interrupt);
}

void Ns16550Uart::Disable(uint32_t interrupt) {
  const uint32_t enabled = bus_.Read(InterruptEnable::kAddress);
  if ((enabled & interrupt) != 0) {
    bus_.Write(InterruptEnable::kAddress, enabled & ~interrupt);
  }
}

}  // namespace drivers
