#include "drivers/uart/stm32_usart.h"

namespace drivers {
namespace {

// RM0090 30.6.
struct Status {
  static constexpr uint32_t kAddress = 0x00;
  static constexpr uint32_t kParityError = 1 << 0;
  static constexpr uint32_t kFramingError = 1 << 1;
  static constexpr uint32_t kNoise = 1 << 2;
  static constexpr uint32_t kOverrun = 1 << 3;
  static constexpr uint32_t kReceived = 1 << 5;       // RXNE
  static constexpr uint32_t kTransmitEmpty = 1 << 7;  // TXE

  static constexpr uint32_t kErrors = kParityError | kFramingError | kNoise;
};

constexpr uint32_t kData = 0x04;

struct BaudRate {
  static constexpr uint32_t kAddress = 0x08;
  static constexpr uint32_t kMin = 16;
  static constexpr uint32_t kMax = 0xffff;
};

struct Control1 {
  static constexpr uint32_t kAddress = 0x0c;
  static constexpr uint32_t kReceiver = 1 << 2;
  static constexpr uint32_t kTransmitter = 1 << 3;
  static constexpr uint32_t kReceiveInterrupt = 1 << 5;   // RXNEIE: also for overruns
  static constexpr uint32_t kTransmitInterrupt = 1 << 7;  // TXEIE
  static constexpr uint32_t kEnable = 1 << 13;
};

constexpr uint32_t kControl2 = 0x10;  // 0: one stop bit
constexpr uint32_t kControl3 = 0x14;  // 0: no DMA, no flow control

}  // namespace

base::Status Stm32Usart::Start(uint32_t clock_hz, uint32_t baud) {
  // With 16 samples a bit the register is the divider itself, 30.3.4.
  const uint32_t divider = baud == 0 ? 0 : (clock_hz + baud / 2) / baud;
  if (divider < BaudRate::kMin || divider > BaudRate::kMax) {
    return base::Status::kInvalidArgument;
  }
  bus_.Write(Control1::kAddress, 0);
  bus_.Write(kControl2, 0);
  bus_.Write(kControl3, 0);
  bus_.Write(BaudRate::kAddress, divider);
  bus_.Write(Control1::kAddress, Control1::kEnable | Control1::kTransmitter | Control1::kReceiver |
                                     Control1::kReceiveInterrupt);
  return base::Status::kOk;
}

size_t Stm32Usart::Read(base::ByteSpan out) {
  size_t count = 0;
  while (count < out.size() && !received_.empty()) {
    out[count++] = received_.Pop();
  }
  stats_.rx_octets += count;
  if (receive_paused_.load(std::memory_order_relaxed) && !received_.full()) {
    receive_paused_.store(false, std::memory_order_relaxed);
    Enable(Control1::kReceiveInterrupt);
  }
  return count;
}

size_t Stm32Usart::Write(base::ConstByteSpan data) {
  size_t count = 0;
  while (count < data.size() && !unsent_.full()) {
    unsent_.Push(data[count++]);
  }
  stats_.tx_octets += count;
  if (!unsent_.empty()) {
    Enable(Control1::kTransmitInterrupt);
  }
  return count;
}

bool Stm32Usart::OnInterrupt() {
  const uint32_t status = bus_.Read(Status::kAddress);
  if ((status & (Status::kReceived | Status::kOverrun)) != 0) {
    TakeReceived(status);
  }
  if ((status & Status::kTransmitEmpty) != 0) {
    SendNext();
  }
  return (status & Status::kReceived) != 0;
}

// Reading the status and then the data takes back all flags of the receiver (30.6.1). Without room
// the byte stays where it is, and the hardware reports what it loses behind it as an overrun.
void Stm32Usart::TakeReceived(uint32_t status) {
  if (received_.full()) {
    if (!receive_paused_.exchange(true, std::memory_order_relaxed)) {
      ++stats_.rx_ring_full;
    }
    Disable(Control1::kReceiveInterrupt);
    return;
  }
  const uint32_t data = bus_.Read(kData);
  if ((status & Status::kOverrun) != 0) {
    ++stats_.rx_overruns;
  }
  if ((status & Status::kErrors) != 0) {
    ++stats_.rx_errors;
  }
  // An overrun alone: the byte before was read between its flag and this look.
  if ((status & Status::kReceived) != 0) {
    received_.Push(static_cast<std::byte>(data));
  }
}

void Stm32Usart::SendNext() {
  if (!unsent_.empty()) {
    bus_.Write(kData, std::to_integer<uint32_t>(unsent_.Pop()));
  }
  // An empty transmitter interrupts as long as it may.
  if (unsent_.empty()) {
    Disable(Control1::kTransmitInterrupt);
  }
}

void Stm32Usart::Enable(uint32_t interrupt) {
  bus_.Write(Control1::kAddress, bus_.Read(Control1::kAddress) | interrupt);
}

void Stm32Usart::Disable(uint32_t interrupt) {
  const uint32_t control = bus_.Read(Control1::kAddress);
  if ((control & interrupt) != 0) {
    bus_.Write(Control1::kAddress, control & ~interrupt);
  }
}

}  // namespace drivers
