#include "agent/boards/qemu-emcraft-sf2/chip.h"

#include <algorithm>

#include "agent/boards/qemu-emcraft-sf2/board.h"
#include "agent/cortex_m/critical_section.h"
#include "agent/counter_clock.h"

namespace agent::msf2 {
namespace {

volatile uint32_t& Register(uintptr_t address) {
  return *reinterpret_cast<volatile uint32_t*>(address);
}

// UG0331, system registers.
volatile uint32_t& SoftReset() { return Register(kSystem + 0x48); }
volatile uint32_t& MacControl() { return Register(kSystem + 0x6c); }
constexpr uint32_t kMacReset = 1 << 4;
constexpr uint32_t kTimerReset = 1 << 6;
constexpr uint32_t kUart0Reset = 1 << 7;
constexpr uint32_t kMii = 3 << 2;  // the interface to the PHY
constexpr uint32_t kSpeed100 = 1;

// UG0331, system timer: two down counters of 32 bits with the same registers.
struct Timer {
  volatile uint32_t value;
  volatile uint32_t load;
  volatile uint32_t background;
  volatile uint32_t control;
  volatile uint32_t raw_interrupt;  // write one to clear
  volatile uint32_t masked_interrupt;
  static constexpr uint32_t kEnable = 1 << 0;
  static constexpr uint32_t kOneShot = 1 << 1;
  static constexpr uint32_t kInterrupt = 1 << 2;
};
static_assert(sizeof(Timer) == kTimer2 - kTimer1);
Timer& TimerAt(uintptr_t address) { return *reinterpret_cast<Timer*>(address); }

constexpr uint32_t kTicksPerMicrosecond = kPeripheralHz / 1'000'000;
static_assert(kTicksPerMicrosecond * 1'000'000 == kPeripheralHz);
constexpr base::Duration kLongestAlarm = std::chrono::seconds(30);
static_assert(kLongestAlarm.count() * kTicksPerMicrosecond < UINT32_MAX);

constinit CounterClock monotonic_clock(kTicksPerMicrosecond, 0);

}  // namespace

void StartChip() {
  SoftReset() = SoftReset() & ~(kMacReset | kTimerReset | kUart0Reset);
  SetLineSpeed(100);
  Timer& timer = TimerAt(kTimer1);
  timer.control = 0;
  timer.load = UINT32_MAX;
  timer.control = Timer::kEnable;
}

base::Instant ReadClock() {
  const cortex_m::CriticalSection no_interrupts;
  return monotonic_clock.Update(UINT32_MAX - TimerAt(kTimer1).value);
}

bool SetAlarm(base::Instant deadline, base::Instant now) {
  // Without this bound a deadline of kNever would overflow below.
  const base::Duration wait =
      deadline == base::kNever || deadline - now > kLongestAlarm ? kLongestAlarm : deadline - now;
  const auto ticks =
      static_cast<uint32_t>(std::max<int64_t>(wait.count(), 1)) * kTicksPerMicrosecond;
  Timer& timer = TimerAt(kTimer2);
  timer.control = 0;
  timer.raw_interrupt = 1;
  timer.load = ticks;
  timer.control = Timer::kEnable | Timer::kOneShot | Timer::kInterrupt;
  return true;
}

void AcknowledgeAlarm() {
  Timer& timer = TimerAt(kTimer2);
  timer.control = 0;
  timer.raw_interrupt = 1;
}

// With MII the PHY brings the clock of either speed (UG0331, MAC_CR).
void SetLineSpeed(uint16_t mbit) { MacControl() = kMii | (mbit == 100 ? kSpeed100 : 0); }

}  // namespace agent::msf2
