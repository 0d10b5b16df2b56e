// TIM2 or TIM5, the 32-bit general-purpose timers (RM0090 chapter 18), counting up: prescaler,
// auto-reload, update and compare flags. No capture, outputs, slave modes or DMA.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "tests/support/vboard/board_clock.h"
#include "tests/support/vboard/peripheral.h"
#include "tests/support/vboard/violations.h"

namespace test {

class Timer final : public Peripheral {
 public:
  Timer(std::string name, std::function<uint32_t()> clock_hertz, const BoardClock& clock,
        Violations& violations)
      : name_(std::move(name)),
        clock_hertz_(std::move(clock_hertz)),
        clock_(clock),
        violations_(violations) {}

  void Reset() override;
  uint32_t Read(uint32_t offset) override;
  void Write(uint32_t offset, uint32_t value) override;
  void Advance() override;
  VirtualTime next_event() const override;
  bool interrupt_line() const override { return (status_ & interrupts_) != 0; }

 private:
  static constexpr uint32_t kChannels = 4;

  bool is_counting() const { return (control_ & 1) != 0; }
  // Counts until the counter has that value the next time, 1 to 2^32.
  uint64_t CountsTo(uint32_t value) const;
  void Update();
  void WriteControl(uint32_t value);

  std::string name_;
  std::function<uint32_t()> clock_hertz_;
  const BoardClock& clock_;
  Violations& violations_;
  TickCounter ticks_;
  uint32_t control_ = 0;
  uint32_t interrupts_ = 0;  // DIER
  uint32_t status_ = 0;
  uint32_t counter_ = 0;
  uint32_t prescaler_ = 0;         // as written
  uint32_t active_prescaler_ = 0;  // since the last update event
  uint32_t reload_ = 0;
  uint32_t active_reload_ = 0;
  uint64_t clocks_ = 0;  // of the next count that have passed
  std::array<uint32_t, kChannels> compare_{};
  std::array<uint32_t, 3> modes_{};  // CCMR1, CCMR2, CCER
};

}  // namespace test
