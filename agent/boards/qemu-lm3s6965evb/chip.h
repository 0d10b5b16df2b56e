// Clocks, pins and timers of the LM3S6965.
#pragma once

#include "stack/base/address.h"
#include "stack/base/time.h"

namespace agent::lm3s {

// 50 MHz from the PLL, the peripherals that the board uses, their pins, and the clock at zero. What
// does not start within a bounded time is left as it is: the system then runs slower.
void StartChip();

// Interrupt safe.
base::Instant ReadClock();

// Lets timer 0 interrupt at `deadline`, at the latest in half a minute so that the clock sees every
// wrap of its counter. `now` is what ReadClock said. True: a down counter misses no deadline.
bool SetAlarm(base::Instant deadline, base::Instant now);

// For the handler of timer 0.
void AcknowledgeAlarm();

// The address in the user registers, where boards are delivered with it (data sheet 8.4, USER_REG0
// and 1); QEMU puts that of `-nic mac=` there. Zero: none is programmed.
base::MacAddress ReadMacAddress();

}  // namespace agent::lm3s
