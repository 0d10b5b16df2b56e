#include "tests/support/vboard/stm32f4/rcc.h"

#include <algorithm>

namespace test {
namespace {

constexpr uint32_t kControl = 0x00;
constexpr uint32_t kPllConfiguration = 0x04;
constexpr uint32_t kConfiguration = 0x08;
constexpr uint32_t kStatus = 0x74;

// CR.
constexpr uint32_t kControlReset = 0x83;
constexpr std::array<uint32_t, 3> kOnBits = {0, 16, 24};  // of HSI, HSE, PLL; ready is the next one
constexpr uint32_t kHseBypass = 1u << 18;
constexpr uint32_t kReadyBits = (1u << 1) | (1u << 17) | (1u << 25) | (1u << 27);
// Start-up times of DS8626 tables 35 to 40.
constexpr std::array<VirtualTime, 3> kStartUp = {4 * kMicrosecond, 2 * kMillisecond,
                                                 200 * kMicrosecond};

constexpr uint32_t kPllReset = 0x2400'3010;
constexpr uint32_t kPllFromHse = 1u << 22;
constexpr uint32_t kAhb1EnableReset = 1u << 20;  // CCM RAM
constexpr uint32_t kSwitchBits = 3;

// CSR.
constexpr uint32_t kLsiOn = 1;
constexpr uint32_t kLsiReady = 2;
constexpr uint32_t kRemoveFlags = 1u << 24;
constexpr uint32_t kBrownOutFlag = 1u << 25;
constexpr uint32_t kPinFlag = 1u << 26;
constexpr uint32_t kPowerFlag = 1u << 27;
constexpr uint32_t kSoftwareFlag = 1u << 28;

}  // namespace

void Rcc::ResetBy(ResetCause cause) {
  registers_ = {};
  registers_.at(kControl / 4) = kControlReset & ~kReadyBits;
  registers_.at(kPllConfiguration / 4) = kPllReset;
  registers_.at(kAhb1Enable / 4) = kAhb1EnableReset;
  ready_at_ = {0, kNever, kNever};
  used_ = kHsi;
  switch (cause) {
    case ResetCause::kPowerOn:
      reset_flags_ = kPowerFlag | kPinFlag | kBrownOutFlag;
      return;
    case ResetCause::kPin:
      reset_flags_ |= kPinFlag;
      return;
    case ResetCause::kSoftware:
      reset_flags_ |= kSoftwareFlag | kPinFlag;  // RM0090 7.1.1: it also drives NRST
      return;
  }
}

bool Rcc::IsOn(Source source) const { return (Stored(kControl) >> kOnBits.at(source) & 1) != 0; }

bool Rcc::IsReady(Source source) const {
  return IsOn(source) && clock_.now() >= ready_at_.at(source);
}

uint32_t Rcc::PllHertz() const {
  const uint32_t value = Stored(kPllConfiguration);
  const uint64_t input = (value & kPllFromHse) != 0 ? kHseHertz : kHsiHertz;
  const uint32_t m = std::max(value & 0x3f, 1u);
  const uint32_t n = value >> 6 & 0x1ff;
  const uint32_t p = 2 * ((value >> 16 & 3) + 1);
  return static_cast<uint32_t>(input * n / m / p);
}

uint32_t Rcc::Frequency(uint32_t source) const {
  switch (source) {
    case kHse:
      return kHseHertz;
    case kPll:
      return std::max(PllHertz(), 1u);
    default:
      return kHsiHertz;
  }
}

uint32_t Rcc::hclk() const {
  const uint32_t hpre = Stored(kConfiguration) >> 4 & 0xf;
  if (hpre < 8) {
    return sysclk();
  }
  constexpr std::array<uint32_t, 8> kShifts = {1, 2, 3, 4, 6, 7, 8, 9};
  return sysclk() >> kShifts.at(hpre - 8);
}

uint32_t Rcc::ApbShift(uint32_t first_bit) const {
  const uint32_t ppre = Stored(kConfiguration) >> first_bit & 7;
  return ppre < 4 ? 0 : ppre - 3;
}

void Rcc::Advance() {
  const auto wanted = static_cast<Source>(Stored(kConfiguration) & kSwitchBits);
  if (wanted <= kPll && IsReady(wanted)) {
    used_ = wanted;
  }
}

VirtualTime Rcc::next_event() const {
  const uint32_t wanted = Stored(kConfiguration) & kSwitchBits;
  return wanted == used_ || wanted > kPll ? kNever : ready_at_.at(wanted);
}

uint32_t Rcc::Read(uint32_t offset) {
  if (offset / 4 >= registers_.size()) {
    violations_.Add("no register of the RCC at this offset");
    return 0;
  }
  uint32_t value = Stored(offset);
  switch (offset) {
    case kControl:
      for (const Source source : {kHsi, kHse, kPll}) {
        value |= (IsReady(source) ? 1u : 0u) << (kOnBits.at(source) + 1);
      }
      return value;
    case kConfiguration:
      return value | (used_ << 2);
    case kStatus:
      return value | ((value & kLsiOn) != 0 ? kLsiReady : 0) | reset_flags_;
    default:
      return value;
  }
}

void Rcc::Write(uint32_t offset, uint32_t value) {
  if (offset / 4 >= registers_.size()) {
    violations_.Add("no register of the RCC at this offset");
    return;
  }
  switch (offset) {
    case kControl:
      WriteControl(value);
      return;
    case kPllConfiguration:
      if (IsOn(kPll)) {
        violations_.Add("RCC_PLLCFGR written while the PLL is on");
        return;
      }
      break;
    case kConfiguration:
      WriteConfiguration(value);
      return;
    case kStatus:
      reset_flags_ = (value & kRemoveFlags) != 0 ? 0 : reset_flags_;
      value &= kLsiOn;
      break;
    default:
      break;
  }
  registers_.at(offset / 4) = value;
}

void Rcc::WriteControl(uint32_t value) {
  const uint32_t before = Stored(kControl);
  const uint32_t pll_input = (Stored(kPllConfiguration) & kPllFromHse) != 0 ? kHse : kHsi;
  for (const Source source : {kHsi, kHse, kPll}) {
    const uint32_t bit = 1u << kOnBits.at(source);
    const bool is_needed = source == used_ || (used_ == kPll && source == pll_input);
    if ((before & bit) != 0 && (value & bit) == 0 && is_needed) {
      violations_.Add("RCC_CR turns off the clock that is the system clock");
      value |= bit;
    }
    if ((before & bit) == 0 && (value & bit) != 0) {
      const bool never = source == kHse && !hse_works_;
      ready_at_.at(source) = never ? kNever : clock_.now() + kStartUp.at(source);
    }
  }
  if (IsOn(kHse) && ((before ^ value) & kHseBypass) != 0) {
    violations_.Add("RCC_CR.HSEBYP changed while the HSE is on");
  }
  const bool starts_pll = !IsOn(kPll) && (value >> kOnBits.at(kPll) & 1) != 0;
  registers_.at(kControl / 4) = value & ~kReadyBits;
  if (starts_pll) {
    CheckPll();
  }
}

// RM0090 7.3.2.
void Rcc::CheckPll() {
  const uint32_t value = Stored(kPllConfiguration);
  const bool from_hse = (value & kPllFromHse) != 0;
  const uint32_t m = value & 0x3f;
  const uint32_t n = value >> 6 & 0x1ff;
  if (!IsReady(from_hse ? kHse : kHsi)) {
    violations_.Add("PLL turned on before its input is ready");
  }
  if (m < 2 || n < 50 || n > 432 || (value >> 24 & 0xf) < 2) {
    violations_.Add("RCC_PLLCFGR holds a forbidden factor");
    return;
  }
  const uint32_t input = (from_hse ? kHseHertz : kHsiHertz) / m;
  if (input < 950'000 || input > 2'100'000) {
    violations_.Add("PLL input is not between 1 and 2 MHz");
  }
  if (uint64_t{input} * n < 100'000'000 || uint64_t{input} * n > 432'000'000) {
    violations_.Add("PLL VCO is not between 100 and 432 MHz");
  }
}

void Rcc::WriteConfiguration(uint32_t value) {
  const uint32_t wanted = value & kSwitchBits;
  if (wanted > kPll) {
    violations_.Add("RCC_CFGR.SW has no clock 3");
    value &= ~kSwitchBits;
  } else if (wanted != used_ && !IsReady(static_cast<Source>(wanted))) {
    violations_.Add("RCC_CFGR.SW chooses a clock that is not ready");
  }
  registers_.at(kConfiguration / 4) = value & ~(kSwitchBits << 2);
  Advance();
}

}  // namespace test
