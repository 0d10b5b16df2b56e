// Blocks whose registers only keep what is written: PWR, SYSCFG, DBGMCU.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/vboard/hex.h"
#include "tests/support/vboard/peripheral.h"
#include "tests/support/vboard/violations.h"

namespace test {

class RegisterFile final : public Peripheral {
 public:
  struct Register {
    uint32_t offset = 0;
    uint32_t reset_value = 0;
    uint32_t writable = 0;  // bits
    uint32_t value = 0;
  };

  RegisterFile(std::string name, Violations& violations, std::vector<Register> registers)
      : name_(std::move(name)), violations_(violations), registers_(std::move(registers)) {
    Reset();
  }

  void Reset() override {
    for (Register& one : registers_) {
      one.value = one.reset_value;
    }
  }
  uint32_t Read(uint32_t offset) override {
    const Register* found = Find(offset);
    return found == nullptr ? 0 : found->value;
  }
  void Write(uint32_t offset, uint32_t value) override {
    if (Register* found = Find(offset); found != nullptr) {
      found->value = (found->value & ~found->writable) | (value & found->writable);
    }
  }

 private:
  Register* Find(uint32_t offset) {
    const auto found = std::ranges::find(registers_, offset, &Register::offset);
    if (found == registers_.end()) {
      violations_.Add("no register of " + name_ + " at offset " + Hex(offset));
      return nullptr;
    }
    return &*found;
  }

  std::string name_;
  Violations& violations_;
  std::vector<Register> registers_;
};

}  // namespace test
