// One SPI as full duplex master with 8-bit frames (RM0090 chapter 28), bytes paced by CR1.BR.
// Not there: slave, 16 bits, least significant bit first, one data line, CRC, I2S, TI frames.
//
//   DR written -> [ DR ] -> [ shift register ] <-> other end      [ shift register ] -> DR read
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "tests/support/vboard/board_clock.h"
#include "tests/support/vboard/peripheral.h"
#include "tests/support/vboard/violations.h"

namespace test {

// What the master puts on SCK.
struct SpiClock {
  uint32_t hertz = 0;
  bool polarity = false;  // CPOL
  bool phase = false;     // CPHA
};

class Spi final : public Peripheral {
 public:
  // What is on the wires: takes the byte of MOSI, returns that of MISO.
  using Peer = std::function<std::byte(std::byte out, const SpiClock& clock)>;

  // What the chip around it gives to it.
  struct Wiring {
    std::string name;
    std::function<uint32_t()> clock_hertz;  // PCLK2 or PCLK1
    std::function<bool()> has_sck_pin;      // a pin carries it
    std::function<bool()> has_miso_pin;
    std::function<bool()> has_mosi_pin;
  };

  Spi(Wiring wiring, const BoardClock& clock, Violations& violations)
      : wiring_(std::move(wiring)), clock_(clock), violations_(violations) {}

  void SetPeer(Peer peer) { peer_ = std::move(peer); }
  // SCK is slower than CR1.BR says, by this factor: a board with a wrong clock.
  void SetSlowdown(uint32_t factor) { slowdown_ = factor; }
  bool is_busy() const { return shift_end_ != kNever; }
  uint64_t bytes() const { return bytes_; }

  // Requests to the DMA controller.
  bool wants_transmit_data() const;
  bool has_received_data() const;

  void Reset() override;
  uint32_t Read(uint32_t offset) override;
  void Write(uint32_t offset, uint32_t value) override;
  uint32_t Peek(uint32_t offset) override;
  void Advance() override;
  VirtualTime next_event() const override { return shift_end_; }
  bool interrupt_line() const override;

 private:
  bool Has(uint32_t control1_bit) const { return (control1_ & control1_bit) != 0; }
  SpiClock Clock() const;
  uint32_t Status() const;
  uint32_t ReadData();
  void WriteData(uint32_t value);
  void WriteControl1(uint32_t value);
  void WriteControl2(uint32_t value);
  void CheckChange(uint32_t changed);
  void CheckMode();
  void StartByte(VirtualTime at);
  void EndByte();

  Wiring wiring_;
  const BoardClock& clock_;
  Violations& violations_;
  Peer peer_;
  uint32_t slowdown_ = 1;
  uint64_t bytes_ = 0;

  uint32_t control1_ = 0;
  uint32_t control2_ = 0;
  uint32_t status_ = 0;             // all but BSY
  bool overrun_data_read_ = false;  // a read of SR clears OVR now
  bool mode_fault_read_ = false;    // a write to CR1 clears MODF now
  std::byte transmit_data_{};
  std::byte shift_data_{};
  std::byte receive_data_{};
  VirtualTime shift_end_ = kNever;  // kNever: nothing moves
};

}  // namespace test
