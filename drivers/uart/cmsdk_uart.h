// The UART of Arm's Cortex-M System Design Kit (ARM DDI 0479, chapter 4.3): one byte of buffer in
// each direction, 8N1, no flow control.
#pragma once

#include <atomic>
#include <cstdint>

#include "drivers/bus.h"
#include "drivers/uart/interrupt_ring.h"
#include "drivers/uart/uart.h"
#include "stack/base/result.h"

namespace drivers {

class CmsdkUart final : public Uart {
 public:
  // The rings' memory belongs to the caller and outlives the UART; at least 2 bytes each.
  CmsdkUart(RegisterBus& bus, base::ByteSpan receive_ring, base::ByteSpan transmit_ring)
      : bus_(bus), received_(receive_ring), unsent_(transmit_ring) {}

  // kInvalidArgument when the divider clock_hz / baud is outside 16 to 2^20 - 1.
  base::Status Start(uint32_t clock_hz, uint32_t baud);

  size_t Read(base::ByteSpan out) override;
  size_t Write(base::ConstByteSpan data) override;
  size_t write_room() const override { return unsent_.room(); }
  const UartStats& stats() const override { return stats_; }

  // To be called by the interrupt handlers of the board.
  void OnReceiveInterrupt();
  void OnTransmitInterrupt();

 private:
  bool TakeReceived();
  void ResumeReceiving();
  void FillTransmitter();
  void MoveUnsent(size_t limit);

  RegisterBus& bus_;
  InterruptRing received_;
  InterruptRing unsent_;
  UartStats stats_;
  std::atomic<bool> receive_paused_ = false;
  // The main loop is at the transmitter, so the interrupt handler stays away and says so.
  std::atomic<bool> filling_ = false;
  std::atomic<bool> interrupt_missed_ = false;
};

}  // namespace drivers
