// Resets, timers and the Ethernet interface of SmartFusion2's microcontroller subsystem. Clocks and
// DDR are set up before: by the flash of the FPGA, or by the emulator.
#pragma once

#include <cstdint>

#include "stack/base/time.h"

namespace agent::msf2 {

// Takes the peripherals that the board uses out of reset; the clock starts at zero.
void StartChip();

// Interrupt safe.
base::Instant ReadClock();

// Lets timer 2 interrupt at `deadline`, at the latest in half a minute so that the clock sees every
// wrap of its counter. `now` is what ReadClock said. True: a down counter misses no deadline.
bool SetAlarm(base::Instant deadline, base::Instant now);

// For the handler of timer 2.
void AcknowledgeAlarm();

// The speed of the link, 10 or 100 Mbit/s, for the clocks of the MAC's interface.
void SetLineSpeed(uint16_t mbit);

}  // namespace agent::msf2
