// System controller of the S3C2416 (user's manual chapter 2): PLL, dividers, gates of clocks, reset
// cause. It starts as a boot loader leaves it: 800 MHz from a 12 MHz crystal, ARMCLK 400, HCLK 133,
// PCLK 67 MHz.
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "tests/support/vboard/peripheral.h"
#include "tests/support/vboard/violations.h"

namespace test::s3c2416 {

enum class ResetCause : uint8_t { kPowerOn, kWatchdog, kSoftware };

class ClockController final : public Peripheral {
 public:
  static constexpr uint32_t kCrystal = 12'000'000;
  // Bits of PCLKCON and HCLKCON.
  static constexpr uint32_t kUart0Clock = 1u << 0;
  static constexpr uint32_t kPwmClock = 1u << 10;
  static constexpr uint32_t kWatchdogClock = 1u << 11;
  static constexpr uint32_t kPortClock = 1u << 13;
  static constexpr uint32_t kStaticMemoryClock = 1u << 18;

  explicit ClockController(Violations& violations) : violations_(violations) { Reset(); }

  void Reset() override { ResetBy(ResetCause::kPowerOn); }
  void ResetBy(ResetCause cause);
  uint32_t Read(uint32_t offset) override;
  void Write(uint32_t offset, uint32_t value) override;

  uint32_t armclk() const;
  uint32_t hclk() const;
  uint32_t pclk() const { return Reg(kDivider0) >> 2 & 1 ? hclk() / 2 : hclk(); }
  bool HasPclk(uint32_t bits) const { return (Reg(kPclkGates) & bits) == bits; }
  bool HasHclk(uint32_t bits) const { return (Reg(kHclkGates) & bits) == bits; }
  // SWRST was written since the last call.
  bool TakeResetRequest() { return std::exchange(wants_reset_, false); }

 private:
  static constexpr uint32_t kMpll = 0x10;
  static constexpr uint32_t kSource = 0x20;
  static constexpr uint32_t kDivider0 = 0x24;
  static constexpr uint32_t kHclkGates = 0x30;
  static constexpr uint32_t kPclkGates = 0x34;

  uint32_t Reg(uint32_t offset) const { return registers_.at(offset / 4); }
  uint32_t system_clock() const;
  void CheckLimits();

  Violations& violations_;
  std::array<uint32_t, 40> registers_{};
  bool wants_reset_ = false;
};

}  // namespace test::s3c2416
