// The SysTick timer (ARMv7-M B3.3). The reference clock is HCLK / 8, as in all STM32F4.
#pragma once

#include <cstdint>

#include "tests/support/vboard/board_clock.h"
#include "tests/support/vboard/nvic.h"

namespace test {

class SysTick {
 public:
  SysTick(const BoardClock& clock, Nvic& nvic) : clock_(clock), nvic_(nvic) {}

  void Reset();
  // Everything up to now has happened; also before the frequency changes.
  void Advance();
  VirtualTime next_event() const;

  // Offsets from 0xe000e010.
  uint32_t Read(uint32_t offset);
  void Write(uint32_t offset, uint32_t value);

 private:
  uint32_t hertz() const;
  bool is_enabled() const { return (control_ & 1) != 0; }
  // Ticks until the counter is 0 the next time.
  uint64_t ticks_to_zero() const { return value_ == 0 ? uint64_t{reload_} + 1 : value_; }

  const BoardClock& clock_;
  Nvic& nvic_;
  TickCounter ticks_;
  uint32_t control_ = 0;
  uint32_t reload_ = 0;
  uint32_t value_ = 0;
  bool count_flag_ = false;
};

}  // namespace test
