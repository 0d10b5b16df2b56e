#include "drivers/uart/cmsdk_uart.h"

namespace drivers {
namespace {

constexpr uint32_t kData = 0x00;

struct State {
  static constexpr uint32_t kAddress = 0x04;
  static constexpr uint32_t kTxFull = 0x1;
  static constexpr uint32_t kRxFull = 0x2;
  static constexpr uint32_t kTxOverrun = 0x4;  // this and the next: write one to clear
  static constexpr uint32_t kRxOverrun = 0x8;
};

struct Control {
  static constexpr uint32_t kAddress = 0x08;
  static constexpr uint32_t kTxEnable = 0x1;
  static constexpr uint32_t kRxEnable = 0x2;
  static constexpr uint32_t kTxInterrupt = 0x4;
  static constexpr uint32_t kRxInterrupt = 0x8;

  static constexpr uint32_t kPaused = kTxEnable | kRxEnable | kTxInterrupt;
  static constexpr uint32_t kRunning = kPaused | kRxInterrupt;
};

struct InterruptStatus {
  static constexpr uint32_t kAddress = 0x0c;
  static constexpr uint32_t kTx = 0x1;  // write one to clear
  static constexpr uint32_t kRx = 0x2;
};

struct BaudDivider {
  static constexpr uint32_t kAddress = 0x10;
  static constexpr uint32_t kMin = 16;
  static constexpr uint32_t kMax = 0xfffff;
};

// Bytes moved in one interrupt. Real hardware has one; emulated hardware takes the next at once.
constexpr size_t kMaxBytesPerInterrupt = 64;
constexpr int kMaxResumeTries = 4;

}  // namespace

base::Status CmsdkUart::Start(uint32_t clock_hz, uint32_t baud) {
  const uint32_t divider = baud == 0 ? 0 : (clock_hz + baud / 2) / baud;
  if (divider < BaudDivider::kMin || divider > BaudDivider::kMax) {
    return base::Status::kInvalidArgument;
  }
  bus_.Write(Control::kAddress, 0);
  bus_.Write(BaudDivider::kAddress, divider);
  bus_.Write(State::kAddress, State::kTxOverrun | State::kRxOverrun);
  bus_.Write(InterruptStatus::kAddress, InterruptStatus::kTx | InterruptStatus::kRx);
  bus_.Write(Control::kAddress, Control::kRunning);
  return base::Status::kOk;
}

size_t CmsdkUart::Read(base::ByteSpan out) {
  size_t count = 0;
  while (count < out.size() && !received_.empty()) {
    out[count++] = received_.Pop();
  }
  stats_.rx_octets += count;
  if (receive_paused_.load(std::memory_order_relaxed) && !received_.full()) {
    ResumeReceiving();
  }
  return count;
}

size_t CmsdkUart::Write(base::ConstByteSpan data) {
  size_t count = 0;
  while (count < data.size() && !unsent_.full()) {
    unsent_.Push(data[count++]);
  }
  stats_.tx_octets += count;
  FillTransmitter();
  return count;
}

void CmsdkUart::OnReceiveInterrupt() {
  // Before the byte is taken: the next one raises it anew.
  bus_.Write(InterruptStatus::kAddress, InterruptStatus::kRx);
  if (receive_paused_.load(std::memory_order_relaxed)) {
    return;  // the main loop is at the receiver
  }
  for (size_t i = 0; i < kMaxBytesPerInterrupt; ++i) {
    if (!TakeReceived()) {
      return;
    }
  }
}

// Moves one byte to the ring. False when there is none, or no room: then reception pauses with the
// byte still in the hardware, where a sender with flow control (an emulator) is held up.
bool CmsdkUart::TakeReceived() {
  const uint32_t state = bus_.Read(State::kAddress);
  if ((state & State::kRxOverrun) != 0) {
    ++stats_.rx_overruns;
    bus_.Write(State::kAddress, State::kRxOverrun);
  }
  if ((state & State::kRxFull) == 0) {
    return false;
  }
  if (received_.full()) {
    if (!receive_paused_.load(std::memory_order_relaxed)) {
      ++stats_.rx_ring_full;
      receive_paused_.store(true, std::memory_order_relaxed);
      bus_.Write(Control::kAddress, Control::kPaused);
    }
    return false;
  }
  received_.Push(static_cast<std::byte>(bus_.Read(kData)));
  return true;
}

// The interrupt is off, so the main loop may take bytes itself. One that came in just before the
// interrupt is on again raised none, hence the last look.
void CmsdkUart::ResumeReceiving() {
  for (int i = 0; i < kMaxResumeTries; ++i) {
    while (!received_.full() && TakeReceived()) {
    }
    if (received_.full()) {
      return;
    }
    receive_paused_.store(false, std::memory_order_relaxed);
    bus_.Write(Control::kAddress, Control::kRunning);
    if ((bus_.Read(State::kAddress) & State::kRxFull) == 0) {
      return;
    }
    receive_paused_.store(true, std::memory_order_relaxed);
    bus_.Write(Control::kAddress, Control::kPaused);
  }
}

// The main loop's way to the transmitter. An interrupt that comes meanwhile stays away from it and
// leaves a note, so look again; each one means that a byte has left, which bounds the rounds.
void CmsdkUart::FillTransmitter() {
  const size_t rounds = unsent_.size() + 1;
  for (size_t i = 0; i < rounds; ++i) {
    interrupt_missed_.store(false, std::memory_order_relaxed);
    filling_.store(true, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    MoveUnsent(unsent_.size());
    std::atomic_signal_fence(std::memory_order_seq_cst);
    filling_.store(false, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    if (!interrupt_missed_.load(std::memory_order_relaxed)) {
      return;
    }
  }
}

void CmsdkUart::OnTransmitInterrupt() {
  // Before a byte is written: the next one that leaves raises it anew.
  bus_.Write(InterruptStatus::kAddress, InterruptStatus::kTx);
  if (filling_.load(std::memory_order_relaxed)) {
    interrupt_missed_.store(true, std::memory_order_relaxed);
    return;
  }
  MoveUnsent(kMaxBytesPerInterrupt);
}

// Afterwards the ring is empty, or the hardware is full and interrupts when it is not, or it has
// taken `limit` bytes at once and an interrupt is pending.
void CmsdkUart::MoveUnsent(size_t limit) {
  for (size_t i = 0; i < limit && !unsent_.empty(); ++i) {
    const uint32_t state = bus_.Read(State::kAddress);
    if ((state & State::kTxOverrun) != 0) {
      ++stats_.tx_overruns;
      bus_.Write(State::kAddress, State::kTxOverrun);
    }
    if ((state & State::kTxFull) != 0) {
      return;
    }
    bus_.Write(kData, std::to_integer<uint32_t>(unsent_.Pop()));
  }
}

}  // namespace drivers
