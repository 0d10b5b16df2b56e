#include "tests/support/vboard/nvic.h"

#include <algorithm>

namespace test {
namespace {

constexpr uint32_t kSetEnable = 0x100;
constexpr uint32_t kClearEnable = 0x180;
constexpr uint32_t kSetPending = 0x200;
constexpr uint32_t kClearPending = 0x280;
constexpr uint32_t kActive = 0x300;
constexpr uint32_t kActiveEnd = 0x380;
constexpr uint32_t kPriorities = 0x400;
constexpr uint32_t kPrioritiesEnd = 0x4f0;

}  // namespace

void Nvic::Reset() {
  const std::array<State, kExceptions> before = states_;
  states_ = {};
  for (uint32_t i = 0; i < kExceptions; ++i) {
    states_[i].line = before[i].line;
  }
  // The others of the core are enabled by SHCSR.
  for (const uint32_t exception : {kExceptionNmi, kExceptionHardFault, kExceptionSvCall,
                                   kExceptionPendSv, kExceptionSysTick}) {
    states_[exception].is_enabled = true;
  }
  group_ = 0;
}

void Nvic::SetLine(uint32_t interrupt, bool is_high) {
  State& state = states_[kExceptionInterrupt0 + interrupt];
  // While its handler runs only an edge pends it (B3.4.1); Deactivate() looks at the level.
  if (is_high && (!state.is_active || !state.line)) {
    state.is_pending = true;
  }
  state.line = is_high;
}

int Nvic::Priority(uint32_t exception) const {
  switch (exception) {
    case kExceptionReset:
      return -3;
    case kExceptionNmi:
      return -2;
    case kExceptionHardFault:
      return -1;
    default:
      return states_[exception].priority;
  }
}

int Nvic::GroupPriority(uint32_t exception) const {
  const int priority = Priority(exception);
  return priority < 0 ? priority : priority & ~((2 << group_) - 1) & 0xff;
}

int Nvic::ExecutionPriority(const InterruptMasks& masks) const {
  int priority = kThreadPriority;
  for (uint32_t i = kExceptionReset; i < kExceptions; ++i) {
    if (states_[i].is_active) {
      priority = std::min(priority, GroupPriority(i));
    }
  }
  if (masks.basepri != 0) {
    const int limit = static_cast<int>(masks.basepri) & ~((2 << group_) - 1) & 0xff;
    priority = std::min(priority, limit);
  }
  if (masks.primask) {
    priority = std::min(priority, 0);
  }
  if (masks.faultmask) {
    priority = std::min(priority, -1);
  }
  return priority;
}

uint32_t Nvic::HighestPending() const {
  uint32_t best = 0;
  for (uint32_t i = kExceptionNmi; i < kExceptions; ++i) {
    const State& state = states_[i];
    if (state.is_pending && state.is_enabled && (best == 0 || Priority(i) < Priority(best))) {
      best = i;
    }
  }
  return best;
}

uint32_t Nvic::Next(const InterruptMasks& masks) const {
  const uint32_t exception = HighestPending();
  if (exception == 0 || GroupPriority(exception) >= ExecutionPriority(masks)) {
    return 0;
  }
  return exception;
}

bool Nvic::IsWakeUp(const InterruptMasks& masks) const {
  InterruptMasks without = masks;
  without.primask = false;
  return Next(without) != 0;
}

void Nvic::Activate(uint32_t exception) {
  states_[exception].is_pending = false;
  states_[exception].is_active = true;
}

void Nvic::Deactivate(uint32_t exception) {
  states_[exception].is_active = false;
  if (states_[exception].line) {
    states_[exception].is_pending = true;
  }
}

void Nvic::SetPriority(uint32_t exception, uint32_t value) {
  states_[exception].priority = static_cast<uint8_t>(value & kPriorityMask);
}

uint32_t Nvic::ReadBits(uint32_t first, Bank bank) const {
  uint32_t bits = 0;
  for (uint32_t i = 0; i < 32 && first + i < kInterrupts; ++i) {
    const State& state = states_[kExceptionInterrupt0 + first + i];
    const bool bit = bank == Bank::kEnabled   ? state.is_enabled
                     : bank == Bank::kPending ? state.is_pending
                                              : state.is_active;
    bits |= (bit ? 1u : 0u) << i;
  }
  return bits;
}

void Nvic::WriteBits(uint32_t first, uint32_t bits, Bank bank, bool value) {
  for (uint32_t i = 0; i < 32 && first + i < kInterrupts; ++i) {
    if ((bits >> i & 1) == 0) {
      continue;
    }
    State& state = states_[kExceptionInterrupt0 + first + i];
    if (bank == Bank::kEnabled) {
      state.is_enabled = value;
    } else {
      // A line that is still high pends again at once.
      state.is_pending = value || (state.line && !state.is_active);
    }
  }
}

uint32_t Nvic::Read(uint32_t offset) const {
  const uint32_t first = (offset & 0x7f) * 8;  // 32 of them in 4 bytes
  if (offset >= kSetEnable && offset < kSetPending) {
    return ReadBits(first, Bank::kEnabled);
  }
  if (offset >= kSetPending && offset < kActive) {
    return ReadBits(first, Bank::kPending);
  }
  if (offset >= kActive && offset < kActiveEnd) {
    return ReadBits(first, Bank::kActive);
  }
  uint32_t value = 0;
  if (offset >= kPriorities && offset < kPrioritiesEnd) {
    for (uint32_t i = 0; i < 4; ++i) {
      const uint32_t interrupt = offset - kPriorities + i;
      if (interrupt < kInterrupts) {
        value |= uint32_t{states_[kExceptionInterrupt0 + interrupt].priority} << (8 * i);
      }
    }
  }
  return value;
}

void Nvic::Write(uint32_t offset, uint32_t value) {
  const uint32_t first = (offset & 0x7f) * 8;
  if (offset >= kPriorities && offset < kPrioritiesEnd) {
    for (uint32_t i = 0; i < 4; ++i) {
      const uint32_t interrupt = offset - kPriorities + i;
      if (interrupt < kInterrupts) {
        SetPriority(kExceptionInterrupt0 + interrupt, value >> (8 * i) & 0xff);
      }
    }
    return;
  }
  if (offset >= kSetEnable && offset < kSetPending) {
    WriteBits(first, value, Bank::kEnabled, offset < kClearEnable);
  } else if (offset >= kSetPending && offset < kActive) {
    WriteBits(first, value, Bank::kPending, offset < kClearPending);
  }
}

}  // namespace test
