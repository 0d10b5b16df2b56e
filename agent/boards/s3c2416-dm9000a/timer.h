// Clock and alarm on PWM timer 4 (user's manual chapter 12): a tick each millisecond, and what the
// counter says between two.
#pragma once

#include <cstdint>

#include "stack/base/time.h"

namespace agent::s3c2416 {

// Starts the clock at zero. `pclk_hz` is at least 1 and at most 131 MHz.
void StartTimer(uint32_t pclk_hz);

// Interrupt safe.
base::Instant ReadClock();

// The next tick ends a sleep anyway, so there is nothing to set. True.
bool SetAlarm(base::Instant deadline, base::Instant now);

// For the interrupt handler.
void OnTick();

}  // namespace agent::s3c2416
