// The UART 16550 and its kin (TI data sheet PC16550D), with 32-bit registers four bytes apart as in
// Microsemi's MMUART (UG0331, chapter 14): FIFOs of 16 bytes, 8N1, no flow control.
#pragma once

#include <atomic>
#include <cstdint>

#include "drivers/bus.h"
#include "drivers/uart/interrupt_ring.h"
#include "drivers/uart/uart.h"
#include "stack/base/result.h"

namespace drivers {

// Its interrupts are levels as long as the handler looks at the line status: received bytes raise
// one until they are read, an empty transmitter until it is written to or the interrupt is off. So
// the main loop only ever sets enable bits and the interrupt handler only clears them, and if one
// of them overwrites what the other did, the handler runs once for nothing.
class Ns16550Uart final : public Uart {
 public:
  // The rings' memory belongs to the caller and outlives the UART; at least 2 bytes each.
  Ns16550Uart(RegisterBus& bus, base::ByteSpan receive_ring, base::ByteSpan transmit_ring)
      : bus_(bus), received_(receive_ring), unsent_(transmit_ring) {}

  // kInvalidArgument when the divider clock_hz / (16 baud) is outside 1 to 65535.
  base::Status Start(uint32_t clock_hz, uint32_t baud);

  size_t Read(base::ByteSpan out) override;
  size_t Write(base::ConstByteSpan data) override;
  size_t write_room() const override { return unsent_.room(); }
  const UartStats& stats() const override { return stats_; }

  // To be called by the interrupt handler of the board. True: there is something to read.
  bool OnInterrupt();

 private:
  void TakeReceived();
  void SendNext();
  void Enable(uint32_t interrupt);
  void Disable(uint32_t interrupt);

  RegisterBus& bus_;
  InterruptRing received_;
  InterruptRing unsent_;
  UartStats stats_;
  std::atomic<bool> receive_paused_ = false;
};

}  // namespace drivers
