// Arm's PrimeCell UART PL011 (ARM DDI 0183), as Stellaris chips have it (LM3S6965 data sheet,
// chapter 12): FIFOs of 16 bytes, 8N1, no flow control.
#pragma once

#include <atomic>
#include <cstdint>

#include "drivers/bus.h"
#include "drivers/uart/interrupt_ring.h"
#include "drivers/uart/uart.h"
#include "stack/base/result.h"

namespace drivers {

// The transmit interrupt is an event: the FIFO has emptied to its mark. So the main loop keeps it
// off while it fills the FIFO itself. Of the other enable bits the main loop only sets, and the
// handler only clears them; where one overwrites what the other did, the handler runs for nothing.
class Pl011Uart final : public Uart {
 public:
  // The rings' memory belongs to the caller and outlives the UART; at least 2 bytes each.
  Pl011Uart(RegisterBus& bus, base::ByteSpan receive_ring, base::ByteSpan transmit_ring)
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
  void MoveUnsent();
  void Enable(uint32_t interrupts);
  void Disable(uint32_t interrupts);

  RegisterBus& bus_;
  InterruptRing received_;
  InterruptRing unsent_;
  UartStats stats_;
  std::atomic<bool> receive_paused_ = false;
};

}  // namespace drivers
