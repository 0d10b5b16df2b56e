#include "agent/boards/qemu-mps2-an386/timers.h"

#include <algorithm>
#include <cstdint>

#include "agent/boards/qemu-mps2-an386/board.h"
#include "agent/cortex_m/critical_section.h"
#include "agent/counter_clock.h"

namespace agent::mps2 {
namespace {

// DDI 0479 table 4-2.
struct TimerRegisters {
  volatile uint32_t control;
  volatile uint32_t value;
  volatile uint32_t reload;     // 0: stops at zero
  volatile uint32_t interrupt;  // write 1 to clear
};
constexpr uint32_t kEnable = 1 << 0;
constexpr uint32_t kInterruptEnable = 1 << 3;

constexpr uint32_t kTicksPerMicrosecond = kClockHz / 1'000'000;
static_assert(kTicksPerMicrosecond * 1'000'000 == kClockHz);
constexpr base::Duration kLongestAlarm = std::chrono::seconds(60);
static_assert(kLongestAlarm.count() * kTicksPerMicrosecond < UINT32_MAX);

TimerRegisters& Timer(uintptr_t address) { return *reinterpret_cast<TimerRegisters*>(address); }

constinit CounterClock monotonic_clock(kTicksPerMicrosecond, 0);

}  // namespace

void StartTimers() {
  TimerRegisters& timer = Timer(kTimer0);
  timer.control = 0;
  timer.reload = UINT32_MAX;
  timer.value = UINT32_MAX;
  timer.control = kEnable;
}

base::Instant ReadClock() {
  const cortex_m::CriticalSection no_interrupts;
  return monotonic_clock.Update(UINT32_MAX - Timer(kTimer0).value);
}

bool SetAlarm(base::Instant deadline, base::Instant now) {
  // Without this bound a deadline of kNever would overflow below.
  const base::Duration wait =
      deadline - now > kLongestAlarm || deadline == base::kNever ? kLongestAlarm : deadline - now;
  const auto ticks =
      static_cast<uint32_t>(std::max<int64_t>(wait.count(), 1)) * kTicksPerMicrosecond;
  TimerRegisters& timer = Timer(kTimer1);
  timer.control = 0;
  timer.interrupt = 1;
  timer.reload = 0;
  timer.value = ticks;
  timer.control = kEnable | kInterruptEnable;
  return true;
}

void AcknowledgeAlarm() {
  TimerRegisters& timer = Timer(kTimer1);
  timer.control = 0;
  timer.interrupt = 1;
}

}  // namespace agent::mps2
