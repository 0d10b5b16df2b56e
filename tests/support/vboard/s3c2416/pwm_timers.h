// PWM timers 0 to 4 of the S3C2416 (user's manual chapter 12), without their outputs. A counter
// runs from TCNTB down to 0, which is when it interrupts, and reloads with the next count.
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "tests/support/vboard/board_clock.h"
#include "tests/support/vboard/peripheral.h"
#include "tests/support/vboard/violations.h"

namespace test::s3c2416 {

class PwmTimers final : public Peripheral {
 public:
  static constexpr uint32_t kTimers = 5;

  // `on_zero` gets the number of the timer.
  PwmTimers(std::function<uint32_t()> pclk, std::function<void(uint32_t)> on_zero,
            const BoardClock& clock, Violations& violations)
      : pclk_(std::move(pclk)),
        on_zero_(std::move(on_zero)),
        clock_(clock),
        violations_(violations) {}

  void Reset() override;
  uint32_t Read(uint32_t offset) override;
  void Write(uint32_t offset, uint32_t value) override;
  void Advance() override;
  VirtualTime next_event() const override;

 private:
  struct Timer {
    uint32_t buffer = 0;
    uint32_t compare = 0;
    uint32_t count = 0;
    bool is_running = false;
    TickCounter ticks;  // of PCLK
    uint64_t left = 0;  // PCLK ticks that make no whole count yet
  };

  uint32_t Bits(uint32_t timer) const;
  uint32_t Divider(uint32_t timer) const;
  void WriteControl(uint32_t value);
  void Advance(uint32_t number);

  std::function<uint32_t()> pclk_;
  std::function<void(uint32_t)> on_zero_;
  const BoardClock& clock_;
  Violations& violations_;
  uint32_t prescalers_ = 0;
  uint32_t multiplexers_ = 0;
  uint32_t control_ = 0;
  std::array<Timer, kTimers> timers_{};
};

}  // namespace test::s3c2416
