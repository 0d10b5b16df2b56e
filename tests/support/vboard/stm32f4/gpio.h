// One GPIO port (RM0090 chapter 8). An output reads back as driven, an input as pulled.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "tests/support/vboard/peripheral.h"
#include "tests/support/vboard/violations.h"

namespace test {

class Gpio final : public Peripheral {
 public:
  // `letter`: 'A' to 'I'.
  Gpio(char letter, Violations& violations) : letter_(letter), violations_(violations) {}

  void Reset() override;
  uint32_t Read(uint32_t offset) override;
  void Write(uint32_t offset, uint32_t value) override;

  // The pin is in alternate function mode with that function. `pin` < 16.
  bool IsRoutedTo(uint32_t pin, uint32_t function) const;
  // OSPEEDR, 0 to 3.
  uint32_t speed(uint32_t pin) const;

 private:
  uint32_t Mode(uint32_t pin) const;
  uint32_t Inputs() const;

  char letter_;
  Violations& violations_;
  std::array<uint32_t, 10> registers_{};
};

}  // namespace test
