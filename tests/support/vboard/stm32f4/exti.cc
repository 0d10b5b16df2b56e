#include "tests/support/vboard/stm32f4/exti.h"

#include "tests/support/vboard/hex.h"

namespace test {
namespace {

constexpr uint32_t kImplemented = (1u << Exti::kLines) - 1;

}  // namespace

void Exti::Reset() { registers_ = {}; }

void Exti::OnPin(uint32_t port, uint32_t pin, bool is_high) {
  if (selected_port_(pin) != port) {
    return;
  }
  const uint32_t edges = registers_.at(is_high ? kRising : kFalling);
  // 12.2.4: a masked line requests nothing.
  registers_.at(kPending) |= edges & registers_.at(kMask) & 1u << pin;
}

uint32_t Exti::Read(uint32_t offset) {
  if (offset / 4 >= kRegisters) {
    violations_.Add("no register of EXTI at offset " + Hex(offset));
    return 0;
  }
  return registers_.at(offset / 4);
}

void Exti::Write(uint32_t offset, uint32_t value) {
  const uint32_t index = offset / 4;
  if (index >= kRegisters) {
    violations_.Add("no register of EXTI to write at offset " + Hex(offset));
    return;
  }
  if ((value & ~kImplemented) != 0) {
    violations_.Add("EXTI: reserved bits written as 1");
    value &= kImplemented;
  }
  if (index == kPending) {
    registers_.at(kPending) &= ~value;
    registers_.at(kSoftware) &= ~value;
    return;
  }
  const uint32_t risen = value & ~registers_.at(index);
  registers_.at(index) = value;
  if (index == kSoftware) {
    registers_.at(kPending) |= risen & registers_.at(kMask);
  }
}

bool Exti::interrupt_of(uint32_t first, uint32_t last) const {
  const uint32_t lines = (2u << last) - (1u << first);
  return (registers_.at(kPending) & registers_.at(kMask) & lines) != 0;
}

}  // namespace test
