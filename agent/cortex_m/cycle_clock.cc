#include "agent/cortex_m/cycle_clock.h"

#include "agent/cortex_m/core.h"
#include "agent/cortex_m/critical_section.h"
#include "agent/counter_clock.h"

namespace agent::cortex_m {
namespace {

volatile uint32_t& DwtControl() { return Register<0xe0001000>(); }
volatile uint32_t& DwtCycles() { return Register<0xe0001004>(); }
volatile uint32_t& Demcr() { return Register<0xe000edfc>(); }
constexpr uint32_t kCycleCounterEnable = 1 << 0;
constexpr uint32_t kTraceEnable = 1 << 24;

constinit CounterClock cycle_clock(1, 0);

}  // namespace

void StartCycleClock(uint32_t core_hz) {
  Demcr() = Demcr() | kTraceEnable;
  DwtCycles() = 0;
  DwtControl() = DwtControl() | kCycleCounterEnable;
  cycle_clock = CounterClock(core_hz / 1'000'000, 0);
}

base::Instant ReadCycleClock() {
  const CriticalSection no_interrupts;
  return cycle_clock.Update(DwtCycles());
}

}  // namespace agent::cortex_m
