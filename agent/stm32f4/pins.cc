#include "agent/stm32f4/pins.h"

#include "agent/stm32f4/chip.h"

namespace agent::stm32f4 {
namespace {

// 8.4.
constexpr uint32_t kModer = 0x00;
constexpr uint32_t kOspeedr = 0x08;
constexpr uint32_t kPupdr = 0x0c;
constexpr uint32_t kIdr = 0x10;
constexpr uint32_t kBsrr = 0x18;
constexpr uint32_t kAfrl = 0x20;  // pins 0 to 7; 8 to 15 in the next

constexpr uint32_t kInput = 0;
constexpr uint32_t kOutput = 1;
constexpr uint32_t kAlternate = 2;

void SetField(volatile uint32_t& reg, uint32_t index, uint32_t width, uint32_t value) {
  const uint32_t mask = ((1u << width) - 1) << (index * width);
  reg = (reg & ~mask) | value << (index * width);
}

void Configure(Pin pin, uint32_t mode, Pull pull, Slew slew) {
  SetField(Register(pin.port, kOspeedr), pin.number, 2, static_cast<uint32_t>(slew));
  SetField(Register(pin.port, kPupdr), pin.number, 2, static_cast<uint32_t>(pull));
  SetField(Register(pin.port, kModer), pin.number, 2, mode);
}

}  // namespace

void ConnectPin(Pin pin, uint32_t function, Pull pull, Slew slew) {
  SetField(Register(pin.port, kAfrl + 4 * (pin.number / 8)), pin.number % 8, 4, function);
  Configure(pin, kAlternate, pull, slew);
}

void MakeOutput(Pin pin, bool level, Slew slew) {
  SetPin(pin, level);
  Configure(pin, kOutput, Pull::kNone, slew);
}

void MakeInput(Pin pin, Pull pull) { Configure(pin, kInput, pull, Slew::kLow); }

void SetPin(Pin pin, bool level) {
  Register(pin.port, kBsrr) = 1u << (level ? pin.number : pin.number + 16);
}

bool ReadPin(Pin pin) { return (Register(pin.port, kIdr) >> pin.number & 1) != 0; }

}  // namespace agent::stm32f4
