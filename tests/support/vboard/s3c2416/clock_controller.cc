#include "tests/support/vboard/s3c2416/clock_controller.h"

#include <utility>

#include "tests/support/vboard/hex.h"

namespace test::s3c2416 {
namespace {

constexpr uint32_t kSoftwareReset = 0x44;
constexpr uint32_t kResetKey = 0x533c'2416;
constexpr uint32_t kResetStatus = 0x68;
constexpr uint32_t kEnd = 0xa0;

constexpr uint32_t kCauseExternal = 1u << 0;
constexpr uint32_t kCauseWatchdog = 1u << 2;
constexpr uint32_t kCauseSoftware = 1u << 5;

constexpr uint32_t kFromPll = 1u << 4;      // CLKSRC.SELMPLL
constexpr uint32_t kPllOff = 1u << 24;      // MPLLCON
constexpr uint32_t kCoreOnHclk = 1u << 13;  // CLKDIV0.DVS

constexpr uint32_t kMaxArmclk = 400'000'000;
constexpr uint32_t kMaxHclk = 133'333'334;
constexpr uint32_t kMaxPclk = 66'666'667;

}  // namespace

void ClockController::ResetBy(ResetCause cause) {
  registers_ = {};
  registers_.at(kMpll / 4) = 400u << 14 | 3u << 5 | 1u;
  registers_.at(kSource / 4) = kFromPll;
  registers_.at(kDivider0 / 4) = 1u << 9 | 2u << 4 | 1u << 3 | 1u << 2 | 1u;
  registers_.at(kHclkGates / 4) = 0xffff'ffff;
  registers_.at(kPclkGates / 4) = 0xffff'ffff;
  registers_.at(kResetStatus / 4) = cause == ResetCause::kPowerOn    ? kCauseExternal
                                    : cause == ResetCause::kWatchdog ? kCauseWatchdog
                                                                     : kCauseSoftware;
  wants_reset_ = false;
}

uint32_t ClockController::system_clock() const {
  const uint32_t pll = Reg(kMpll);
  const uint32_t p = pll >> 5 & 0x3f;
  if ((Reg(kSource) & kFromPll) == 0 || p == 0) {
    return kCrystal;
  }
  return static_cast<uint32_t>((uint64_t{kCrystal} * (pll >> 14 & 0x3ff) / p) >> (pll & 7));
}

uint32_t ClockController::armclk() const {
  const uint32_t divider = Reg(kDivider0);
  return (divider & kCoreOnHclk) != 0 ? hclk() : system_clock() / ((divider >> 9 & 7) + 1);
}

uint32_t ClockController::hclk() const {
  const uint32_t divider = Reg(kDivider0);
  return system_clock() / ((divider >> 4 & 3) + 1) / ((divider & 3) + 1);
}

uint32_t ClockController::Read(uint32_t offset) {
  if (offset >= kEnd) {
    violations_.Add("no register of the system controller at offset " + Hex(offset));
    return 0;
  }
  return Reg(offset);
}

void ClockController::Write(uint32_t offset, uint32_t value) {
  if (offset >= kEnd || offset == kResetStatus) {
    violations_.Add("no register of the system controller to write at offset " + Hex(offset));
    return;
  }
  if (offset == kSoftwareReset) {
    wants_reset_ = value == kResetKey;
    return;
  }
  registers_.at(offset / 4) = value;
  CheckLimits();
}

void ClockController::CheckLimits() {
  if ((Reg(kSource) & kFromPll) != 0 && (Reg(kMpll) & kPllOff) != 0) {
    violations_.Add("the system clock comes from an MPLL that is off");
  }
  if (armclk() > kMaxArmclk || hclk() > kMaxHclk || pclk() > kMaxPclk) {
    violations_.Add("ARMCLK, HCLK or PCLK is over 400, 133 or 67 MHz");
  }
}

}  // namespace test::s3c2416
