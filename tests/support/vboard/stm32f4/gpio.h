// One GPIO port (RM0090 chapter 8). An output reads back as driven, an input as driven from
// outside, or else as pulled.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/vboard/peripheral.h"
#include "tests/support/vboard/violations.h"

namespace test {

class Gpio final : public Peripheral {
 public:
  // `letter`: 'A' to 'I'.
  Gpio(char letter, Violations& violations) : letter_(letter), violations_(violations) {}

  using Listener = std::function<void(uint32_t pin, bool is_high)>;

  // What is soldered to a pin drives it; nullopt: nothing does any more.
  void SetInput(uint32_t pin, std::optional<bool> is_high);
  // Called when a level that is driven from outside changes.
  void SetInputListener(Listener listener) { input_listener_ = std::move(listener); }
  // Called when a write changes a pin's level as output; what does not drive low counts as high.
  void AddOutputListener(Listener listener) { output_listeners_.push_back(std::move(listener)); }
  bool output(uint32_t pin) const { return (OutputLevels() >> pin & 1) != 0; }

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
  uint32_t OutputLevels() const;
  void CheckDrivers();
  void TellOutputs(uint32_t old_levels);

  char letter_;
  Violations& violations_;
  std::array<uint32_t, 10> registers_{};
  std::array<std::optional<bool>, 16> inputs_{};
  Listener input_listener_;
  std::vector<Listener> output_listeners_;
};

}  // namespace test
