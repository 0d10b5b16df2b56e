// External interrupts of pins (RM0090 chapter 12, and SYSCFG_EXTICR in 9.2.3).
#pragma once

#include "agent/stm32f4/pins.h"

namespace agent::stm32f4 {

// Lets line `pin.number` interrupt at falling edges of the pin, and forgets earlier ones. The clock
// of SYSCFG runs.
void ConnectFallingEdge(Pin pin);

// For the interrupt handler.
void AcknowledgeEdge(Pin pin);

}  // namespace agent::stm32f4
