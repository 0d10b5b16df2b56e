// External interrupts (RM0090 chapter 12): edges of pins, and of what SWIER says. No events: a WFE
// does not end by them.
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "tests/support/vboard/peripheral.h"
#include "tests/support/vboard/violations.h"

namespace test {

class Exti final : public Peripheral {
 public:
  static constexpr uint32_t kPins = 16;
  static constexpr uint32_t kLines = 23;

  // `selected_port`: what SYSCFG_EXTICRx holds for a pin, 0 for port A.
  Exti(std::function<uint32_t(uint32_t pin)> selected_port, Violations& violations)
      : selected_port_(std::move(selected_port)), violations_(violations) {}

  // A pin of a port has changed its level.
  void OnPin(uint32_t port, uint32_t pin, bool is_high);

  void Reset() override;
  uint32_t Read(uint32_t offset) override;
  void Write(uint32_t offset, uint32_t value) override;
  // Of the lines `first` to `last`, which share an interrupt.
  bool interrupt_of(uint32_t first, uint32_t last) const;

 private:
  enum Register : uint32_t { kMask, kEvents, kRising, kFalling, kSoftware, kPending, kRegisters };

  std::function<uint32_t(uint32_t)> selected_port_;
  Violations& violations_;
  std::array<uint32_t, kRegisters> registers_{};
};

}  // namespace test
