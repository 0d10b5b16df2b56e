#include "agent/stm32f4/timer.h"

#include <algorithm>
#include <cstddef>

#include "agent/cortex_m/critical_section.h"
#include "agent/counter_clock.h"
#include "agent/stm32f4/chip.h"

namespace agent::stm32f4 {
namespace {

// RM0090 18.4.
struct TimerRegisters {
  volatile uint32_t cr1;
  volatile uint32_t cr2;
  volatile uint32_t smcr;
  volatile uint32_t dier;
  volatile uint32_t sr;  // write 0 to clear
  volatile uint32_t egr;
  volatile uint32_t ccmr1;  // 0: channel 1 compares and drives no pin
  volatile uint32_t ccmr2;
  volatile uint32_t ccer;
  volatile uint32_t cnt;
  volatile uint32_t psc;
  volatile uint32_t arr;
  volatile uint32_t reserved;
  volatile uint32_t ccr1;
};
static_assert(offsetof(TimerRegisters, ccr1) == 0x34);

constexpr uint32_t kCounterEnable = 1 << 0;
constexpr uint32_t kCompare1 = 1 << 1;  // in DIER and SR
constexpr uint32_t kUpdate = 1 << 0;    // in EGR
constexpr base::Duration kLongestAlarm = std::chrono::seconds(60);

TimerRegisters& Tim2() { return *reinterpret_cast<TimerRegisters*>(kTim2); }

constinit CounterClock monotonic_clock(1, 0);

}  // namespace

void StartTimer(uint32_t timer_hz) {
  TimerRegisters& timer = Tim2();
  timer.cr1 = 0;
  timer.dier = 0;
  timer.psc = timer_hz / 1'000'000 - 1;
  timer.arr = UINT32_MAX;
  timer.egr = kUpdate;  // loads the prescaler and clears the counter
  timer.sr = 0;
  timer.cr1 = kCounterEnable;
}

base::Instant ReadClock() {
  const cortex_m::CriticalSection no_interrupts;
  return monotonic_clock.Update(Tim2().cnt);
}

bool SetAlarm(base::Instant deadline, base::Instant now) {
  // Without this bound a deadline of kNever would overflow below.
  const base::Duration wait =
      deadline == base::kNever ? kLongestAlarm : std::min(deadline - now, kLongestAlarm);
  // The counter and the clock agree modulo 2^32.
  const auto alarm = static_cast<uint32_t>(base::ToMicroseconds(now + wait));
  TimerRegisters& timer = Tim2();
  timer.ccr1 = alarm;
  timer.sr = ~kCompare1;
  timer.dier = kCompare1;
  return static_cast<int32_t>(timer.cnt - alarm) < 0;
}

void AcknowledgeAlarm() {
  TimerRegisters& timer = Tim2();
  timer.dier = 0;
  timer.sr = ~kCompare1;
}

}  // namespace agent::stm32f4
