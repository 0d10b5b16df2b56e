// The USART of STM32F2 and STM32F4 (RM0090, chapter 30): one byte of buffer in each direction, 8N1,
// no flow control.
#pragma once

#include <atomic>
#include <cstdint>

#include "drivers/bus.h"
#include "drivers/uart/interrupt_ring.h"
#include "drivers/uart/uart.h"
#include "stack/base/result.h"

namespace drivers {

// Its interrupts are levels: what has to be done raises one until it is done. So the main loop only
// ever sets enable bits and the interrupt handler only clears them, and if one of them overwrites
// what the other did, the handler runs once for nothing.
class Stm32Usart final : public Uart {
 public:
  // The rings' memory belongs to the caller and outlives the UART; at least 2 bytes each.
  Stm32Usart(RegisterBus& bus, base::ByteSpan receive_ring, base::ByteSpan transmit_ring)
      : bus_(bus), received_(receive_ring), unsent_(transmit_ring) {}

  // `clock_hz` is that of the APB. kInvalidArgument when the divider clock_hz / baud is outside 16
  // to 65535.
  base::Status Start(uint32_t clock_hz, uint32_t baud);

  size_t Read(base::ByteSpan out) override;
  size_t Write(base::ConstByteSpan data) override;
  size_t write_room() const override { return unsent_.room(); }
  const UartStats& stats() const override { return stats_; }

  // To be called by the interrupt handler of the board. True: there is something to read.
  bool OnInterrupt();

 private:
  void TakeReceived(uint32_t status);
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
