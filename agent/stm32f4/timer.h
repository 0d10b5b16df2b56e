// Clock and alarm on TIM2 (RM0090 chapter 18), a 32-bit counter of microseconds.
#pragma once

#include <cstdint>

#include "stack/base/time.h"

namespace agent::stm32f4 {

// Starts the clock at zero. `timer_hz` is a whole number of MHz.
void StartTimer(uint32_t timer_hz);

// Interrupt safe.
base::Instant ReadClock();

// Lets TIM2 interrupt at `deadline`, at the latest in a minute so that the clock sees every wrap of
// its counter. False: it has passed already, and no interrupt will come.
bool SetAlarm(base::Instant deadline, base::Instant now);

// For the interrupt handler.
void AcknowledgeAlarm();

}  // namespace agent::stm32f4
