#include "agent/cortex_m/sleep.h"

#include <atomic>

#include "agent/board.h"
#include "agent/cortex_m/core.h"
#include "agent/cortex_m/critical_section.h"
#include "agent/cortex_m/retained.h"

namespace agent {
namespace cortex_m {
namespace {

constinit std::atomic<bool> work_waits = false;

}  // namespace

void NoteWork() { work_waits.store(true, std::memory_order_relaxed); }

// Each round sleeps once; the interrupt that ended the sleep is taken at the end of the round.
void SleepUntil(base::Instant deadline, const SleepParts& parts) {
  for (;;) {
    const CriticalSection no_interrupts;
    // With interrupts off, whatever happens after these checks ends WaitForInterrupt at once.
    if (work_waits.load(std::memory_order_relaxed)) {
      work_waits.store(false, std::memory_order_relaxed);
      return;
    }
    const base::Instant now = parts.read_clock();
    if (deadline <= now || !parts.arm_devices() || !parts.set_alarm(deadline, now)) {
      return;
    }
    WaitForInterrupt();
  }
}

}  // namespace cortex_m

void RestartBoard() {
  cortex_m::RetainedBootRecord().NoteReset(protocol::ResetCause::kSoftware);
  cortex_m::ResetSystem();
}

}  // namespace agent
