// One USART in asynchronous mode (RM0090 chapter 30), bytes paced by BRR. No DMA, parity, flow
// control or multiprocessor mode.
//
//   DR written -> [ DR ] -> [ shift register ] -> sink      queue -> [ RDR ] -> DR read
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>

#include "tests/support/vboard/board_clock.h"
#include "tests/support/vboard/peripheral.h"
#include "tests/support/vboard/violations.h"

namespace test {

class Usart final : public Peripheral {
 public:
  static constexpr uint32_t kLineBaud = 115'200;

  // What the chip around it gives to it.
  struct Wiring {
    std::string name;
    std::function<uint32_t()> clock_hertz;  // PCLK1 or PCLK2
    std::function<bool()> has_tx_pin;       // a pin carries what is sent
    std::function<bool()> has_rx_pin;
  };

  Usart(Wiring wiring, const BoardClock& clock, Violations& violations)
      : wiring_(std::move(wiring)), clock_(clock), violations_(violations) {}

  // The other end of the line. A rate more than 3 % away from `baud` is a violation when a byte
  // moves. Bytes for a receiver that is off are lost.
  void SetSink(std::function<void(std::byte)> sink) { sink_ = std::move(sink); }
  void SetLineBaud(uint32_t baud) { line_baud_ = baud; }
  void Receive(std::span<const std::byte> bytes);
  size_t overruns() const { return overruns_; }
  size_t waiting() const { return queue_.size(); }

  void Reset() override;
  uint32_t Read(uint32_t offset) override;
  void Write(uint32_t offset, uint32_t value) override;
  uint32_t Peek(uint32_t offset) override;
  void Advance() override;
  VirtualTime next_event() const override;
  bool interrupt_line() const override;

 private:
  bool Has(uint32_t control_bit) const;
  uint32_t Baud() const;
  VirtualTime FrameTime() const;
  void CheckRate();
  void WriteData(uint32_t value);
  void WriteControl(uint32_t value);
  void AdvanceTransmitter();
  void SendShifted();
  void AdvanceReceiver();
  void TakeByte(std::byte byte);

  Wiring wiring_;
  const BoardClock& clock_;
  Violations& violations_;
  std::function<void(std::byte)> sink_;
  uint32_t line_baud_ = kLineBaud;

  uint32_t status_ = 0;
  uint32_t divider_ = 0;
  uint32_t control1_ = 0;
  uint32_t control2_ = 0;
  uint32_t control3_ = 0;
  bool status_was_read_ = false;  // a read of DR clears the errors now

  std::byte transmit_data_{};
  std::byte shift_data_{};
  VirtualTime shift_end_ = kNever;  // kNever: nothing is sent
  std::byte receive_data_{};
  std::deque<std::byte> queue_;
  VirtualTime receive_at_ = kNever;
  VirtualTime idle_at_ = kNever;
  size_t overruns_ = 0;
};

}  // namespace test
