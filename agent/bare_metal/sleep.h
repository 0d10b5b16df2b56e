// How the main loop sleeps, and what ends its sleep.
#pragma once

#include "stack/base/time.h"

namespace agent::bare_metal {

// For an interrupt handler that leaves work for the loop.
void NoteWork();

// What the board's part of a sleep is. Called with interrupts off.
struct SleepParts {
  base::Instant (*read_clock)();
  // Lets the devices interrupt again. False: one of them has work already.
  bool (*arm_devices)();
  // Lets a timer interrupt at `deadline`, which is behind `now`. False: it has passed meanwhile.
  bool (*set_alarm)(base::Instant deadline, base::Instant now);
};

// SleepUntil of agent/board.h: returns once there is work or `deadline` has passed.
void SleepUntil(base::Instant deadline, const SleepParts& parts);

}  // namespace agent::bare_metal
