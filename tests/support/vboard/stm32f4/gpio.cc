#include "tests/support/vboard/stm32f4/gpio.h"

namespace test {
namespace {

constexpr uint32_t kMode = 0x00;
constexpr uint32_t kSpeed = 0x08;
constexpr uint32_t kPull = 0x0c;
constexpr uint32_t kInput = 0x10;
constexpr uint32_t kOutput = 0x14;
constexpr uint32_t kSetReset = 0x18;
constexpr uint32_t kFunctionLow = 0x20;
constexpr uint32_t kEnd = 0x28;

constexpr uint32_t kModeOutput = 1;
constexpr uint32_t kModeAlternate = 2;
constexpr uint32_t kPullUp = 1;

}  // namespace

void Gpio::Reset() {
  registers_ = {};
  // The debug pins PA13 to PA15, PB3 and PB4.
  if (letter_ == 'A') {
    registers_.at(kMode / 4) = 0xa800'0000;
    registers_.at(kSpeed / 4) = 0x0c00'0000;
    registers_.at(kPull / 4) = 0x6400'0000;
  } else if (letter_ == 'B') {
    registers_.at(kMode / 4) = 0x0000'0280;
    registers_.at(kSpeed / 4) = 0x0000'00c0;
    registers_.at(kPull / 4) = 0x0000'0100;
  }
}

void Gpio::SetInput(uint32_t pin, std::optional<bool> is_high) {
  if (inputs_.at(pin) == is_high) {
    return;
  }
  inputs_.at(pin) = is_high;
  CheckDrivers();
  if (is_high && input_listener_) {
    input_listener_(pin, *is_high);
  }
}

uint32_t Gpio::OutputLevels() const {
  uint32_t levels = 0xffff;
  for (uint32_t pin = 0; pin < 16; ++pin) {
    if (Mode(pin) == kModeOutput && (registers_.at(kOutput / 4) >> pin & 1) == 0) {
      levels &= ~(1u << pin);
    }
  }
  return levels;
}

void Gpio::CheckDrivers() {
  for (uint32_t pin = 0; pin < 16; ++pin) {
    if (inputs_.at(pin) && Mode(pin) == kModeOutput) {
      violations_.Add(std::string("P") + letter_ + std::to_string(pin) +
                      " is an output, but driven from outside");
    }
  }
}

void Gpio::TellOutputs(uint32_t old_levels) {
  const uint32_t levels = OutputLevels();
  for (uint32_t pin = 0; pin < 16; ++pin) {
    if (((levels ^ old_levels) >> pin & 1) != 0) {
      for (const Listener& listener : output_listeners_) {
        listener(pin, (levels >> pin & 1) != 0);
      }
    }
  }
}

uint32_t Gpio::Mode(uint32_t pin) const { return registers_.at(kMode / 4) >> (2 * pin) & 3; }

bool Gpio::IsRoutedTo(uint32_t pin, uint32_t function) const {
  const uint32_t word = registers_.at(kFunctionLow / 4 + pin / 8);
  return Mode(pin) == kModeAlternate && (word >> (4 * (pin % 8)) & 0xf) == function;
}

uint32_t Gpio::speed(uint32_t pin) const { return registers_.at(kSpeed / 4) >> (2 * pin) & 3; }

uint32_t Gpio::Inputs() const {
  uint32_t value = 0;
  for (uint32_t pin = 0; pin < 16; ++pin) {
    const bool pulled_up = (registers_.at(kPull / 4) >> (2 * pin) & 3) == kPullUp;
    const bool driven = (registers_.at(kOutput / 4) >> pin & 1) != 0;
    const bool is_high = Mode(pin) == kModeOutput ? driven : inputs_.at(pin).value_or(pulled_up);
    value |= (is_high ? 1u : 0u) << pin;
  }
  return value;
}

uint32_t Gpio::Read(uint32_t offset) {
  if (offset >= kEnd) {
    violations_.Add(std::string("no register of GPIO") + letter_ + " at this offset");
    return 0;
  }
  if (offset == kInput) {
    return Inputs();
  }
  return offset == kSetReset ? 0 : registers_.at(offset / 4);
}

void Gpio::Write(uint32_t offset, uint32_t value) {
  if (offset >= kEnd || offset == kInput) {
    violations_.Add(std::string("no register of GPIO") + letter_ + " to write at this offset");
    return;
  }
  const uint32_t old_levels = OutputLevels();
  if (offset == kSetReset) {
    uint32_t& output = registers_.at(kOutput / 4);
    output = (output & ~(value >> 16)) | (value & 0xffff);
  } else {
    registers_.at(offset / 4) = value;
    CheckDrivers();
  }
  TellOutputs(old_levels);
}

}  // namespace test
