// Reset and clock control of the STM32F405/407 (RM0090 chapter 7): oscillators, PLL, system clock
// switch, prescalers, clock gates, reset flags. No backup domain, no I2S PLL, no interrupts.
#pragma once

#include <array>
#include <cstdint>

#include "tests/support/vboard/board_clock.h"
#include "tests/support/vboard/peripheral.h"
#include "tests/support/vboard/violations.h"

namespace test {

enum class ResetCause : uint8_t { kPowerOn, kPin, kSoftware };

class Rcc final : public Peripheral {
 public:
  static constexpr uint32_t kHsiHertz = 16'000'000;
  static constexpr uint32_t kHseHertz = 8'000'000;
  // Offsets of the clock enable registers; the reset register of each is kToReset before it.
  static constexpr uint32_t kAhb1Enable = 0x30;
  static constexpr uint32_t kAhb2Enable = 0x34;
  static constexpr uint32_t kApb1Enable = 0x40;
  static constexpr uint32_t kApb2Enable = 0x44;
  static constexpr uint32_t kToReset = 0x20;

  Rcc(const BoardClock& clock, Violations& violations) : clock_(clock), violations_(violations) {}

  void ResetBy(ResetCause cause);
  void Reset() override { ResetBy(ResetCause::kSoftware); }
  uint32_t Read(uint32_t offset) override;
  void Write(uint32_t offset, uint32_t value) override;
  void Advance() override;
  VirtualTime next_event() const override;

  uint32_t sysclk() const { return Frequency(used_); }
  uint32_t hclk() const;
  uint32_t pclk1() const { return hclk() >> ApbShift(10); }
  uint32_t pclk2() const { return hclk() >> ApbShift(13); }
  // Of the timers on APB1: twice PCLK1 when that is divided (RM0090 7.2).
  uint32_t timer1_hertz() const { return ApbShift(10) == 0 ? pclk1() : 2 * pclk1(); }
  bool IsSet(uint32_t offset, uint32_t bit) const { return (Stored(offset) >> bit & 1) != 0; }

  // A crystal that never starts.
  void BreakHse() { hse_works_ = false; }

 private:
  enum Source : uint32_t { kHsi = 0, kHse = 1, kPll = 2 };

  uint32_t Stored(uint32_t offset) const { return registers_.at(offset / 4); }
  bool IsOn(Source source) const;
  bool IsReady(Source source) const;
  uint32_t Frequency(uint32_t source) const;
  uint32_t PllHertz() const;
  uint32_t ApbShift(uint32_t first_bit) const;
  void WriteControl(uint32_t value);
  void WriteConfiguration(uint32_t value);
  void CheckPll();

  const BoardClock& clock_;
  Violations& violations_;
  std::array<uint32_t, 0x8c / 4> registers_{};
  std::array<VirtualTime, 3> ready_at_{};
  uint32_t used_ = kHsi;
  uint32_t reset_flags_ = 0;
  bool hse_works_ = true;
};

}  // namespace test
