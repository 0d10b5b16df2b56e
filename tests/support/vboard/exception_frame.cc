#include "tests/support/vboard/exception_frame.h"

#include <array>

namespace test {
namespace {

using enum CoreRegister;

constexpr std::array kBasicFrame = {kR0, kR1, kR2, kR3, kR12, kLr, kPc};
constexpr uint32_t kBasicBytes = 32;
constexpr uint32_t kExtendedBytes = 104;
constexpr uint32_t kFloats = 16;

constexpr uint32_t kThumbBit = 1u << 24;
constexpr uint32_t kAlignedBit = 1u << 9;  // of the stacked xPSR
constexpr uint32_t kIpsrMask = 0x1ff;
constexpr uint32_t kControlStack = 2;  // CONTROL.SPSEL
constexpr uint32_t kControlFloat = 4;  // CONTROL.FPCA

// Bits of EXC_RETURN.
constexpr uint32_t kReturnFixed = 0xffff'ffe1;
constexpr uint32_t kReturnNoFloat = 0x10;
constexpr uint32_t kReturnToThread = 0x8;
constexpr uint32_t kReturnToProcessStack = 0x4;

CoreRegister Float(uint32_t index) {
  return static_cast<CoreRegister>(static_cast<uint32_t>(kS0) + index);
}

bool PushFrame(const CortexMCpu& cpu, TargetBus& memory, uint32_t sp, uint32_t xpsr, bool floats) {
  bool done = true;
  uint32_t place = sp;
  const auto push = [&](uint32_t value) {
    done = memory.Write(place, 4, value) && done;
    place += 4;
  };
  for (const CoreRegister name : kBasicFrame) {
    push(cpu.Get(name));
  }
  push(xpsr);
  for (uint32_t i = 0; floats && i < kFloats; ++i) {
    push(cpu.Get(Float(i)));
  }
  if (floats) {
    push(cpu.Get(kFpscr));
  }
  return done;
}

}  // namespace

bool EnterException(CortexMCpu& cpu, TargetBus& memory, uint32_t exception, uint32_t vector) {
  const uint32_t control = cpu.Get(kControl);
  const uint32_t xpsr = cpu.Get(kXpsr);
  const bool from_thread = (xpsr & kIpsrMask) == 0;
  const bool on_process_stack = from_thread && (control & kControlStack) != 0;
  const bool floats = (control & kControlFloat) != 0;

  const uint32_t sp = cpu.Get(kSp);
  const uint32_t frame = (sp - (floats ? kExtendedBytes : kBasicBytes)) & ~7u;
  const bool is_padded = (sp & 4) != 0;
  const bool pushed =
      PushFrame(cpu, memory, frame, (xpsr & ~kAlignedBit) | (is_padded ? kAlignedBit : 0), floats);
  cpu.Set(kSp, frame);

  uint32_t handler = 0;
  const bool fetched = memory.Read(vector, 4, handler);
  // The mode first: the stack pointer follows it.
  cpu.Set(kXpsr, (handler & 1) != 0 ? kThumbBit | exception : exception);
  cpu.Set(kControl, control & 1);
  cpu.Set(kLr, kReturnFixed | (floats ? 0 : kReturnNoFloat) | (from_thread ? kReturnToThread : 0) |
                   (on_process_stack ? kReturnToProcessStack : 0));
  cpu.Set(kPc, handler & ~1u);
  return pushed && fetched;
}

bool ReturnFromException(CortexMCpu& cpu, TargetBus& memory, uint32_t exc_return) {
  const bool to_thread = (exc_return & kReturnToThread) != 0;
  const bool to_process_stack = (exc_return & kReturnToProcessStack) != 0;
  const bool floats = (exc_return & kReturnNoFloat) == 0;
  if ((exc_return & kReturnFixed) != kReturnFixed || (to_process_stack && !to_thread)) {
    return false;
  }
  const CoreRegister stack = to_process_stack ? kPsp : kMsp;
  const uint32_t frame = cpu.Get(stack);
  bool done = true;
  uint32_t place = frame;
  const auto pop = [&] {
    uint32_t value = 0;
    done = memory.Read(place, 4, value) && done;
    place += 4;
    return value;
  };
  for (const CoreRegister name : kBasicFrame) {
    cpu.Set(name, pop());
  }
  const uint32_t xpsr = pop();
  for (uint32_t i = 0; floats && i < kFloats; ++i) {
    cpu.Set(Float(i), pop());
  }
  if (floats) {
    cpu.Set(kFpscr, pop());
  }
  const uint32_t end = frame + (floats ? kExtendedBytes : kBasicBytes);
  cpu.Set(kXpsr, xpsr & ~kAlignedBit);
  const uint32_t control = cpu.Get(kControl) & 1;
  cpu.Set(kControl,
          control | (to_process_stack ? kControlStack : 0) | (floats ? kControlFloat : 0));
  cpu.Set(stack, end + ((xpsr & kAlignedBit) != 0 ? 4 : 0));
  const bool is_consistent = to_thread == ((xpsr & kIpsrMask) == 0);
  return done && is_consistent;
}

}  // namespace test
