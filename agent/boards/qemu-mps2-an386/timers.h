// Clock and alarm on two CMSDK APB timers (ARM DDI 0479, chapter 4.1): 32-bit down counters.
#pragma once

#include "stack/base/time.h"

namespace agent::mps2 {

// Starts the clock at zero.
void StartTimers();

// Interrupt safe.
base::Instant ReadClock();

// Lets timer 1 interrupt at `deadline`, at the latest in a minute so that the clock sees every wrap
// of its counter. `now` is what ReadClock said. True: a down counter misses no deadline.
bool SetAlarm(base::Instant deadline, base::Instant now);

// For the handler of timer 1.
void AcknowledgeAlarm();

}  // namespace agent::mps2
