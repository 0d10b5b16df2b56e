// A clock of the core itself, for boards whose timers are not set up yet: the cycle counter of the
// DWT (ARMv7-M C1.8), on Cortex-M3 and up. It stands still while the core sleeps.
#pragma once

#include <cstdint>

#include "stack/base/time.h"

namespace agent::cortex_m {

// Starts it at zero. `core_hz` is a whole number of MHz.
void StartCycleClock(uint32_t core_hz);

// Interrupt safe. To be called at least once in 2^32 cycles.
base::Instant ReadCycleClock();

}  // namespace agent::cortex_m
