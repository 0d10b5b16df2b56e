#include "agent/bare_metal/sleep.h"

#include <atomic>

#include "agent/bare_metal/machine.h"
#include "agent/board.h"

namespace agent {
namespace bare_metal {
namespace {

constinit std::atomic<bool> work_waits = false;

}  // namespace

void NoteWork() { work_waits.store(true, std::memory_order_relaxed); }

// Each round sleeps once; the interrupt that ended the sleep is taken at the end of the round.
void SleepUntil(base::Instant deadline, const SleepParts& parts) {
  for (;;) {
    const machine::NoInterrupts no_interrupts;
    // With interrupts off, whatever happens after these checks ends WaitForInterrupt at once.
    if (work_waits.load(std::memory_order_relaxed)) {
      work_waits.store(false, std::memory_order_relaxed);
      return;
    }
    const base::Instant now = parts.read_clock();
    if (deadline <= now || !parts.arm_devices() || !parts.set_alarm(deadline, now)) {
      return;
    }
    machine::WaitForInterrupt();
  }
}

}  // namespace bare_metal

void RestartBoard() {
  machine::RetainedBootRecord().NoteReset(protocol::ResetCause::kSoftware);
  machine::Restart();
}

}  // namespace agent
