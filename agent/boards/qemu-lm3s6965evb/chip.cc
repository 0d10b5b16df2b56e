#include "agent/boards/qemu-lm3s6965evb/chip.h"

#include <algorithm>
#include <cstdint>

#include "agent/boards/qemu-lm3s6965evb/board.h"
#include "agent/cortex_m/critical_section.h"
#include "agent/counter_clock.h"

namespace agent::lm3s {
namespace {

volatile uint32_t& Register(uintptr_t address) {
  return *reinterpret_cast<volatile uint32_t*>(address);
}

// System control, data sheet 5.4.
volatile uint32_t& RawInterrupts() { return Register(kSystemControl + 0x50); }
volatile uint32_t& RunClock() { return Register(kSystemControl + 0x60); }
volatile uint32_t& ClockGate(uint32_t n) { return Register(kSystemControl + 0x100 + 4 * n); }
volatile uint32_t& UserRegister(uint32_t n) { return Register(kSystemControl + 0x1e0 + 4 * n); }

constexpr uint32_t kPllLocked = 1 << 6;
struct ClockBits {
  static constexpr uint32_t kMainOscillatorOff = 1 << 0;
  static constexpr uint32_t kSource = 3 << 4;  // 0: the main oscillator
  static constexpr uint32_t kCrystal = 0xf << 6;
  static constexpr uint32_t kCrystal8Mhz = 0xe << 6;
  static constexpr uint32_t kBypass = 1 << 11;
  static constexpr uint32_t kPllOff = 1 << 13;
  static constexpr uint32_t kUseDivider = 1 << 22;
  static constexpr uint32_t kDivider = 0xf << 23;
  static constexpr uint32_t kDivideBy4 = 3 << 23;  // of 200 MHz
};
static_assert(200'000'000 / 4 == kClockHz);
constexpr int kMaxPllPolls = 100'000;

constexpr uint32_t kWatchdogGate = 1 << 3;  // of RCGC0
constexpr uint32_t kUart0Gate = 1 << 0;     // of RCGC1
constexpr uint32_t kTimer0Gate = 1 << 16;
constexpr uint32_t kGpioAGate = 1 << 0;  // of RCGC2
constexpr uint32_t kGpioFGate = 1 << 5;
constexpr uint32_t kEthernetGate = 1 << 28;
constexpr uint32_t kPhyGate = 1 << 30;

// Data sheet 5.2.4.6, in its order.
void StartPll() {
  uint32_t clock = RunClock();
  clock = (clock | ClockBits::kBypass) & ~ClockBits::kUseDivider;
  RunClock() = clock;
  clock &= ~(ClockBits::kCrystal | ClockBits::kSource | ClockBits::kMainOscillatorOff |
             ClockBits::kPllOff);
  clock |= ClockBits::kCrystal8Mhz;
  RunClock() = clock;
  clock = (clock & ~ClockBits::kDivider) | ClockBits::kDivideBy4 | ClockBits::kUseDivider;
  RunClock() = clock;
  for (int i = 0; i < kMaxPllPolls; ++i) {
    if ((RawInterrupts() & kPllLocked) != 0) {
      RunClock() = clock & ~ClockBits::kBypass;
      return;
    }
  }
}

// Data sheet 9.5: pins of a peripheral.
void GivePins(uintptr_t port, uint32_t pins) {
  constexpr uintptr_t kAlternate = 0x420;
  constexpr uintptr_t kDigital = 0x51c;
  Register(port + kAlternate) = Register(port + kAlternate) | pins;
  Register(port + kDigital) = Register(port + kDigital) | pins;
}

void StartPeripherals() {
  ClockGate(0) = ClockGate(0) | kWatchdogGate;
  ClockGate(1) = ClockGate(1) | kUart0Gate | kTimer0Gate;
  ClockGate(2) = ClockGate(2) | kGpioAGate | kGpioFGate | kEthernetGate | kPhyGate;
  // A peripheral answers a few clocks after its gate opened (5.2.6).
  [[maybe_unused]] const uint32_t pause = ClockGate(2);
  constexpr uint32_t kUart0Pins = 0x03;  // PA0, PA1
  constexpr uint32_t kLedPins = 0x0c;    // PF2, PF3 are the PHY's
  GivePins(kGpioA, kUart0Pins);
  GivePins(kGpioF, kLedPins);
}

// The watchdog timer (data sheet 11.4): a 32-bit down counter that is read while it runs, which
// QEMU's model of the general-purpose timers does not offer. It may not reset the chip, and its
// interrupt stays disabled in the core.
struct Watchdog {
  static volatile uint32_t& Load() { return Register(kWatchdog); }
  static volatile uint32_t& Value() { return Register(kWatchdog + 0x04); }
  static volatile uint32_t& Control() { return Register(kWatchdog + 0x08); }
  static volatile uint32_t& Lock() { return Register(kWatchdog + 0xc00); }
  static constexpr uint32_t kUnlock = 0x1acc'e551;
  static constexpr uint32_t kRun = 1 << 0;  // "interrupt enable"; only a reset takes it back
};

// General-purpose timer (data sheet 10.5) as one counter of 32 bits.
struct Timer {
  static volatile uint32_t& Configuration() { return Register(kTimer0); }
  static volatile uint32_t& Mode() { return Register(kTimer0 + 0x04); }
  static volatile uint32_t& Control() { return Register(kTimer0 + 0x0c); }
  static volatile uint32_t& InterruptMask() { return Register(kTimer0 + 0x18); }
  static volatile uint32_t& InterruptClear() { return Register(kTimer0 + 0x24); }
  static volatile uint32_t& Load() { return Register(kTimer0 + 0x28); }
  static constexpr uint32_t kOneShot = 1;
  static constexpr uint32_t kRun = 1;
  static constexpr uint32_t kTimeout = 1;
};

constexpr uint32_t kTicksPerMicrosecond = kClockHz / 1'000'000;
static_assert(kTicksPerMicrosecond * 1'000'000 == kClockHz);
constexpr base::Duration kLongestAlarm = std::chrono::seconds(30);
static_assert(kLongestAlarm.count() * kTicksPerMicrosecond < UINT32_MAX);

constinit CounterClock monotonic_clock(kTicksPerMicrosecond, 0);

}  // namespace

void StartChip() {
  StartPll();
  StartPeripherals();
  Watchdog::Lock() = Watchdog::kUnlock;
  Watchdog::Load() = UINT32_MAX;
  Watchdog::Control() = Watchdog::kRun;
  Timer::Control() = 0;
  Timer::Configuration() = 0;
  Timer::Mode() = Timer::kOneShot;
  Timer::InterruptMask() = Timer::kTimeout;
}

base::Instant ReadClock() {
  const cortex_m::CriticalSection no_interrupts;
  return monotonic_clock.Update(UINT32_MAX - Watchdog::Value());
}

bool SetAlarm(base::Instant deadline, base::Instant now) {
  // Without this bound a deadline of kNever would overflow below.
  const base::Duration wait =
      deadline == base::kNever || deadline - now > kLongestAlarm ? kLongestAlarm : deadline - now;
  const auto ticks =
      static_cast<uint32_t>(std::max<int64_t>(wait.count(), 1)) * kTicksPerMicrosecond;
  Timer::Control() = 0;
  Timer::InterruptClear() = Timer::kTimeout;
  Timer::Load() = ticks;
  Timer::Control() = Timer::kRun;
  return true;
}

void AcknowledgeAlarm() {
  Timer::Control() = 0;
  Timer::InterruptClear() = Timer::kTimeout;
}

base::MacAddress ReadMacAddress() {
  const uint32_t low = UserRegister(0);
  const uint32_t high = UserRegister(1);
  const auto octet = [](uint32_t word, uint32_t index) {
    return static_cast<uint8_t>(word >> 8 * index);
  };
  constexpr uint32_t kErased = 0xffff'ffff;
  if (low == kErased || high == kErased) {
    return {};
  }
  return {{octet(low, 0), octet(low, 1), octet(low, 2), octet(high, 0), octet(high, 1),
           octet(high, 2)}};
}

}  // namespace agent::lm3s
