// Pins of the GPIO ports (RM0090 chapter 8).
#pragma once

#include <cstdint>

namespace agent::stm32f4 {

struct Pin {
  uintptr_t port;   // kGpioA and so on; its clock runs
  uint32_t number;  // 0 to 15
};

enum class Pull : uint8_t { kNone = 0, kUp = 1, kDown = 2 };
enum class Slew : uint8_t { kLow = 0, kMedium = 1, kHigh = 2, kVeryHigh = 3 };  // OSPEEDR

// Gives the pin to the peripheral behind alternate function `function`, 0 to 15 (DS8626 table 9).
void ConnectPin(Pin pin, uint32_t function, Pull pull = Pull::kNone, Slew slew = Slew::kLow);

// Makes the pin a push-pull output that starts at `level`.
void MakeOutput(Pin pin, bool level, Slew slew = Slew::kLow);
void MakeInput(Pin pin, Pull pull);

void SetPin(Pin pin, bool level);
bool ReadPin(Pin pin);

}  // namespace agent::stm32f4
