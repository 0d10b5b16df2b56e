#include "agent/stm32f4/rcc.h"

#include "agent/stm32f4/chip.h"

namespace agent::stm32f4 {
namespace {

// 7.3.
volatile uint32_t& Cr() { return Register(kRcc, 0x00); }
volatile uint32_t& PllCfgr() { return Register(kRcc, 0x04); }
volatile uint32_t& Cfgr() { return Register(kRcc, 0x08); }
volatile uint32_t& Ahb1Enr() { return Register(kRcc, 0x30); }
volatile uint32_t& Apb1Enr() { return Register(kRcc, 0x40); }
volatile uint32_t& Apb2Enr() { return Register(kRcc, 0x44); }
volatile uint32_t& Csr() { return Register(kRcc, 0x74); }

constexpr uint32_t kHsiOn = 1 << 0;
constexpr uint32_t kHsiReady = 1 << 1;
constexpr uint32_t kHseOn = 1 << 16;
constexpr uint32_t kHseReady = 1 << 17;
constexpr uint32_t kPllOn = 1 << 24;
constexpr uint32_t kPllReady = 1 << 25;
constexpr uint32_t kPllI2sOn = 1 << 26;
constexpr uint32_t kPllI2sReady = 1 << 27;

constexpr uint32_t kPllFromHse = 1 << 22;
// 2 MHz into the PLL (least jitter, 7.3.2), times 168 is 336 MHz, by 2 for the core, by 7 for USB.
constexpr uint32_t PllFactors(uint32_t input_mhz) { return input_mhz / 2 | 168 << 6 | 7 << 24; }
constexpr uint32_t kHsePll = PllFactors(8) | kPllFromHse;
constexpr uint32_t kHsiPll = PllFactors(16);

constexpr uint32_t kSwitchMask = 3;
constexpr uint32_t kSwitchToPll = 2;
constexpr uint32_t kSwitchStatusMask = 3 << 2;
constexpr uint32_t kSwitchStatusHsi = 0;
constexpr uint32_t kSwitchStatusPll = 2 << 2;
constexpr uint32_t kApb1By4 = 5 << 10;  // at most 42 MHz
constexpr uint32_t kApb2By2 = 4 << 13;  // at most 84 MHz

constexpr uint32_t kPowerClock = 1 << 28;

constexpr uint32_t kForgetResetCause = 1 << 24;

// FLASH_ACR 3.9.1: five wait states at 168 MHz and 2.7 to 3.6 V.
volatile uint32_t& FlashAcr() { return Register(kFlashInterface, 0x00); }
constexpr uint32_t kWaitStates = 5;
constexpr uint32_t kWaitStatesMask = 7;
constexpr uint32_t kPrefetchAndCaches = 7 << 8;

// PWR_CR 5.4.1: VOS, scale 1.
volatile uint32_t& PowerCr() { return Register(kPwr, 0x00); }
constexpr uint32_t kScale1 = 1 << 14;

// Some 60 ms at 16 MHz: a crystal needs 2, the PLL 0.3.
constexpr uint32_t kLongestWait = 100'000;

bool WaitFor(volatile uint32_t& reg, uint32_t mask, uint32_t value) {
  for (uint32_t i = 0; i < kLongestWait; ++i) {
    if ((reg & mask) == value) {
      return true;
    }
  }
  return false;
}

// What a reset does; a boot loader may have left something else.
void ReturnToInternalOscillator() {
  Cr() = Cr() | kHsiOn;
  WaitFor(Cr(), kHsiReady, kHsiReady);
  Cfgr() = Cfgr() & ~kSwitchMask;
  WaitFor(Cfgr(), kSwitchStatusMask, kSwitchStatusHsi);
  // The factors that both PLLs share may be written only while both are off (7.3.2).
  Cr() = Cr() & ~(kPllOn | kPllI2sOn);
  WaitFor(Cr(), kPllReady | kPllI2sReady, 0);
}

bool StartPll(uint32_t factors) {
  PllCfgr() = factors;
  Cr() = Cr() | kPllOn;
  if (WaitFor(Cr(), kPllReady, kPllReady)) {
    return true;
  }
  Cr() = Cr() & ~kPllOn;
  WaitFor(Cr(), kPllReady, 0);
  return false;
}

bool StartCrystal() {
  Cr() = Cr() | kHseOn;
  if (WaitFor(Cr(), kHseReady, kHseReady)) {
    return true;
  }
  Cr() = Cr() & ~kHseOn;
  return false;
}

// The flash is slowed down and the buses divided before the core gets fast.
bool SwitchToPll() {
  FlashAcr() = kPrefetchAndCaches | kWaitStates;
  if (!WaitFor(FlashAcr(), kWaitStatesMask, kWaitStates)) {
    return false;
  }
  Cfgr() = kApb1By4 | kApb2By2;
  Cfgr() = kApb1By4 | kApb2By2 | kSwitchToPll;
  return WaitFor(Cfgr(), kSwitchStatusMask, kSwitchStatusPll);
}

}  // namespace

Clocks StartClocks() {
  // The timers of a divided bus run at twice its clock, 7.2.
  constexpr uint32_t kFast = 168'000'000;
  constexpr uint32_t kSlow = 16'000'000;
  ReturnToInternalOscillator();
  EnableClocks({.apb1 = kPowerClock});
  PowerCr() = PowerCr() | kScale1;
  if (StartCrystal() && StartPll(kHsePll) && SwitchToPll()) {
    return {Clocks::Source::kCrystal, kFast, kFast / 4, kFast / 2, kFast / 2};
  }
  ReturnToInternalOscillator();
  if (StartPll(kHsiPll) && SwitchToPll()) {
    return {Clocks::Source::kInternal, kFast, kFast / 4, kFast / 2, kFast / 2};
  }
  ReturnToInternalOscillator();
  Cfgr() = 0;
  return {Clocks::Source::kSlow, kSlow, kSlow, kSlow, kSlow};
}

void EnableClocks(const ClockEnables& enables) {
  Ahb1Enr() = Ahb1Enr() | enables.ahb1;
  Apb1Enr() = Apb1Enr() | enables.apb1;
  Apb2Enr() = Apb2Enr() | enables.apb2;
  // A read between a clock's enabling and the first access (ES0182, "delay after an RCC peripheral
  // clock enabling").
  static_cast<void>(static_cast<uint32_t>(Apb2Enr()));
}

void LogClocks(Log& log, const Clocks& clocks, base::Instant now) {
  if (clocks.source == Clocks::Source::kInternal) {
    log.Write(now, "the 8 MHz crystal does not start: 168 MHz from the internal oscillator, 1 %");
  } else if (clocks.source == Clocks::Source::kSlow) {
    log.Write(now, "the PLL does not lock: 16 MHz from the internal oscillator, 1 %");
  }
}

protocol::ResetCause TakeResetCause() {
  const protocol::ResetCause cause = ResetCauseOf(Csr());
  Csr() = Csr() | kForgetResetCause;
  return cause;
}

}  // namespace agent::stm32f4
