// UART channel 0 of the S3C2416 (user's manual chapter 11) with its FIFOs of 64 bytes, bytes paced
// by UBRDIV and UDIVSLOT. No DMA, parity, infra-red mode, modem control or loop-back.
//
//   UTXH -> [ FIFO 64 ] -> [ shift register ] -> sink      queue -> [ FIFO 64 ] -> URXH
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <utility>

#include "tests/support/vboard/board_clock.h"
#include "tests/support/vboard/peripheral.h"
#include "tests/support/vboard/violations.h"

namespace test::s3c2416 {

class Uart final : public Peripheral {
 public:
  static constexpr uint32_t kLineBaud = 115'200;

  struct Wiring {
    std::function<uint32_t()> pclk;
    std::function<bool()> has_tx_pin;
    std::function<bool()> has_rx_pin;
  };

  Uart(Wiring wiring, const BoardClock& clock, Violations& violations)
      : wiring_(std::move(wiring)), clock_(clock), violations_(violations) {}

  // The other end of the line, at kLineBaud. Bytes for a receiver that is off are lost.
  void SetSink(std::function<void(std::byte)> sink) { sink_ = std::move(sink); }
  void Receive(std::span<const std::byte> bytes);
  size_t waiting() const { return queue_.size(); }
  size_t overruns() const { return overruns_; }

  void Reset() override;
  uint32_t Read(uint32_t offset) override;
  void Write(uint32_t offset, uint32_t value) override;
  uint32_t Peek(uint32_t offset) override;
  void Advance() override;
  VirtualTime next_event() const override;

  // Requests for SUBSRCPND as they stand.
  bool asks_receive() const;
  bool asks_transmit() const;
  bool asks_error() const;
  // UCON says that they are levels and not pulses.
  bool is_receive_level() const { return (control_ >> 8 & 1) != 0; }
  bool is_transmit_level() const { return (control_ >> 9 & 1) != 0; }

 private:
  bool has_fifo() const { return (fifo_control_ & 1) != 0; }
  size_t depth() const { return has_fifo() ? 64 : 1; }
  uint32_t Baud() const;
  VirtualTime FrameTime() const;
  void CheckRate();
  void WriteData(uint32_t value);
  void WriteFifoControl(uint32_t value);
  void WriteControl(uint32_t value);
  void AdvanceTransmitter();
  void TakeByte(std::byte byte);
  uint32_t FifoStatus() const;

  Wiring wiring_;
  const BoardClock& clock_;
  Violations& violations_;
  std::function<void(std::byte)> sink_;

  uint32_t line_ = 0;
  uint32_t control_ = 0;
  uint32_t fifo_control_ = 0;
  uint32_t modem_control_ = 0;
  uint32_t error_ = 0;
  uint32_t divider_ = 0;
  uint32_t slots_ = 0;
  std::deque<std::byte> transmit_;
  std::byte shift_data_{};
  VirtualTime shift_end_ = kNever;
  std::deque<std::byte> received_;
  VirtualTime last_received_ = 0;
  std::deque<std::byte> queue_;
  VirtualTime receive_at_ = kNever;
  size_t overruns_ = 0;
};

}  // namespace test::s3c2416
