// The UART of S3C2416 (user's manual chapter 14) and S3C2443: 64 bytes of FIFO in each direction,
// 8N1, no flow control. Its interrupts are masked in the interrupt controller (chapter 9), three
// sub-sources for each channel.
#pragma once

#include <atomic>
#include <cstdint>

#include "drivers/bus.h"
#include "drivers/uart/interrupt_ring.h"
#include "drivers/uart/uart.h"
#include "stack/base/result.h"

namespace drivers {

// Its registers in memory: those of the two FIFOs are reached by byte, all others by word.
class S3c2416UartBus final : public RegisterBus {
 public:
  // `base` is the address of ULCON.
  explicit constexpr S3c2416UartBus(uintptr_t base) : base_(base) {}

 private:
  uint32_t DoRead(uint32_t address) override;
  void DoWrite(uint32_t address, uint32_t value) override;
  // FIFOs are as narrow as one byte: nothing here moves blocks.
  base::Sum DoReadBlock(uint32_t address, base::ByteSpan data, size_t unsummed) override;
  void DoWriteBlock(uint32_t address, base::ConstByteSpan data) override;

  const uintptr_t base_;
};

// Its interrupts are levels: what has to be done raises one until it is done. So the main loop only
// ever opens masks and the interrupt handler only closes them, and if one of them overwrites what
// the other did, the handler runs once for nothing.
class S3c2416Uart final : public Uart {
 public:
  // `controller` is that of the interrupts, from SRCPND on; `first_source` the number of the
  // channel's RXD among the sub-sources (0 for UART 0), which TXD and ERR follow. The rings' memory
  // belongs to the caller and outlives the UART; at least 2 bytes each.
  S3c2416Uart(RegisterBus& bus, RegisterBus& controller, uint32_t first_source,
              base::ByteSpan receive_ring, base::ByteSpan transmit_ring)
      : bus_(bus),
        controller_(controller),
        receive_source_(1u << first_source),
        transmit_source_(2u << first_source),
        received_(receive_ring),
        unsent_(transmit_ring) {}

  // `clock_hz` is PCLK. kInvalidArgument when clock_hz / baud / 16 is below 1 or above 65536.
  base::Status Start(uint32_t clock_hz, uint32_t baud);

  size_t Read(base::ByteSpan out) override;
  size_t Write(base::ConstByteSpan data) override;
  size_t write_room() const override { return unsent_.room(); }
  const UartStats& stats() const override { return stats_; }

  // To be called by the interrupt handler of the board, before it clears the main source. True:
  // there is something to read.
  bool OnInterrupt();

 private:
  bool TakeReceived();
  void CountErrors();
  void SendWaiting();
  void Unmask(uint32_t source);
  void Mask(uint32_t source);

  RegisterBus& bus_;
  RegisterBus& controller_;
  const uint32_t receive_source_;
  const uint32_t transmit_source_;
  InterruptRing received_;
  InterruptRing unsent_;
  UartStats stats_;
  std::atomic<bool> receive_paused_ = false;
};

}  // namespace drivers
