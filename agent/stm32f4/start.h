// What all boards with an STM32F405/407 begin with, and how they know themselves.
#pragma once

#include "agent/boot_record.h"
#include "agent/stm32f4/rcc.h"
#include "stack/base/address.h"

namespace agent::stm32f4 {

// Vectors, clocks, the clock of ReadClock(), and the pins of the control channel: USART3 on PD8 and
// PD9. A debug probe reaches memory also while the core sleeps.
Clocks StartChip();

// The boot counter, and the chip's own reason for the reset unless the agent restarted itself and
// noted why.
Boot ReadBoot();

// A locally administered address made of the chip's unique id.
base::MacAddress ReadMacAddress();

inline constexpr uint32_t kUartBaud = 115'200;

}  // namespace agent::stm32f4
