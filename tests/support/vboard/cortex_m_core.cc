#include "tests/support/vboard/cortex_m_core.h"

#include <utility>

#include "tests/support/vboard/exception_frame.h"
#include "tests/support/vboard/hex.h"

namespace test {
namespace {

using enum CoreRegister;

constexpr uint32_t kIpsrMask = 0x1ff;
constexpr uint32_t kThumbBit = 1u << 24;
constexpr uint32_t kControlFloat = 4;
constexpr uint32_t kErased = 0xffff'ffff;

// CFSR and HFSR (ARMv7-M B3.2.15, B3.2.16).
constexpr uint32_t kInstructionBusError = 1u << 8;
constexpr uint32_t kStackingError = 1u << 12;
constexpr uint32_t kUndefinedInstruction = 1u << 16;
constexpr uint32_t kInvalidState = 1u << 17;
constexpr uint32_t kInvalidPc = 1u << 18;
constexpr uint32_t kForced = 1u << 30;

// DCRSR.REGSEL beyond the core registers.
constexpr uint32_t kSelectMasks = 20;
constexpr uint32_t kSelectFpscr = 33;
constexpr uint32_t kSelectS0 = 64;
constexpr uint32_t kFloats = 32;

}  // namespace

void CortexMCore::Reset(bool halt) {
  system_.Reset();
  is_asleep_ = false;
  is_locked_up_ = false;
  breakpoint_hit_ = false;
  is_halted_ = halt;
  uint32_t sp = 0;
  uint32_t pc = 0;
  const bool read = memory_.Read(0, 4, sp) && memory_.Read(4, 4, pc);
  cpu_.Set(kXpsr, (pc & 1) != 0 ? kThumbBit : 0);
  cpu_.Set(kControl, 0);
  cpu_.Set(kPriMask, 0);
  cpu_.Set(kFaultMask, 0);
  cpu_.Set(kBasePri, 0);
  cpu_.Set(kFpscr, 0);
  cpu_.Set(kLr, 0xffff'ffff);
  cpu_.Set(kMsp, sp & ~3u);
  cpu_.Set(kPc, pc & ~1u);
  if (!read) {
    LockUp("no vector table");
  }
  // Nothing to run: that is how chips leave the factory, and no violation.
  is_locked_up_ = is_locked_up_ || (sp == kErased && pc == kErased);
}

InterruptMasks CortexMCore::masks() const {
  return {.primask = (cpu_.Get(kPriMask) & 1) != 0,
          .faultmask = (cpu_.Get(kFaultMask) & 1) != 0,
          .basepri = cpu_.Get(kBasePri) & 0xff};
}

bool CortexMCore::WakesUp() {
  if (is_asleep_ && nvic_.IsWakeUp(masks())) {
    is_asleep_ = false;
  }
  return !is_asleep_;
}

uint64_t CortexMCore::Run(uint64_t instructions) {
  if (is_halted_ || is_locked_up_ || !WakesUp()) {
    return 0;
  }
  TakePending();
  if (is_locked_up_) {
    return 0;
  }
  const bool is_held_back = nvic_.HighestPending() != 0;
  const CpuStop stop = cpu_.Run(instructions, is_held_back);
  Handle(stop);
  if ((cpu_.Get(kControl) & kControlFloat) != 0 && !system_.is_fpu_enabled()) {
    violations_.Add("floating-point instruction before CPACR allows it");
  }
  return stop.executed;
}

void CortexMCore::TakePending() {
  const uint32_t exception = nvic_.Next(masks());
  if (exception != 0) {
    Enter(exception);
  }
}

void CortexMCore::Enter(uint32_t exception) {
  nvic_.Activate(exception);
  const uint32_t vector = system_.vector_table() + 4 * exception;
  if (EnterException(cpu_, memory_, exception, vector)) {
    return;
  }
  system_.RecordFault(kStackingError);
  if (exception == kExceptionHardFault) {
    LockUp("HardFault cannot be entered");
    return;
  }
  Fault(kExceptionHardFault, {});
}

void CortexMCore::Return(uint32_t exc_return) {
  const uint32_t exception = cpu_.Get(kXpsr) & kIpsrMask;
  const CpuStop stop{.reason = StopReason::kExceptionReturn, .executed = 0, .address = exc_return};
  if (exception == 0 || !nvic_.is_active(exception)) {
    system_.RecordFault(kInvalidPc);
    Fault(kExceptionUsageFault, stop);
    return;
  }
  nvic_.Deactivate(exception);
  if (exception != kExceptionNmi) {
    cpu_.Set(kFaultMask, 0);  // B1.5.8
  }
  if (!ReturnFromException(cpu_, memory_, exc_return)) {
    system_.RecordFault(kInvalidPc);
    Fault(kExceptionUsageFault, stop);
    return;
  }
  if (system_.sleeps_on_exit() && ReturnsToThread(exc_return)) {
    is_asleep_ = true;
  }
}

void CortexMCore::Handle(const CpuStop& stop) {
  switch (stop.reason) {
    case StopReason::kBudget:
      return;
    case StopReason::kWaitForInterrupt:
      is_asleep_ = true;
      return;
    case StopReason::kBreakpoint:
    case StopReason::kBkptInstruction:
      HaltAtBreakpoint();
      return;
    case StopReason::kSupervisorCall:
      nvic_.Pend(kExceptionSvCall);
      if (nvic_.Next(masks()) != kExceptionSvCall) {
        nvic_.ClearPending(kExceptionSvCall);
        Fault(kExceptionHardFault, stop);
      }
      return;
    case StopReason::kExceptionReturn:
      Return(stop.address);
      return;
    case StopReason::kDataFault:
      system_.RecordBusFault(stop.address);
      Fault(kExceptionBusFault, stop);
      return;
    case StopReason::kFetchFault:
      system_.RecordFault(kInstructionBusError);
      Fault(kExceptionBusFault, stop);
      return;
    case StopReason::kUndefined:
      system_.RecordFault(kUndefinedInstruction);
      Fault(kExceptionUsageFault, stop);
      return;
    case StopReason::kInvalidState:
      system_.RecordFault(kInvalidState);
      Fault(kExceptionUsageFault, stop);
      return;
  }
}

void CortexMCore::Fault(uint32_t exception, const CpuStop& stop) {
  const int now = nvic_.ExecutionPriority(masks());
  if (nvic_.is_enabled(exception) && nvic_.Priority(exception) < now) {
    Enter(exception);
    return;
  }
  if (now <= nvic_.Priority(kExceptionHardFault)) {
    LockUp("fault at " + Hex(stop.address) + " in a fault handler");
    return;
  }
  system_.RecordHardFault(kForced);
  violations_.Add("HardFault, PC " + Hex(cpu_.Get(kPc)) + ", CFSR " + Hex(system_.cfsr()) +
                  ", address " + Hex(stop.address));
  Enter(kExceptionHardFault);
}

void CortexMCore::LockUp(const std::string& reason) {
  is_locked_up_ = true;
  violations_.Add("lockup: " + reason + ", PC " + Hex(cpu_.Get(kPc)));
}

void CortexMCore::Halt() {
  is_halted_ = true;
  is_asleep_ = false;  // B1.5.19: a debug event ends WFI
}

void CortexMCore::HaltAtBreakpoint() {
  is_halted_ = true;
  breakpoint_hit_ = true;
}

void CortexMCore::Step() {
  if (is_locked_up_) {
    return;
  }
  is_halted_ = true;
  cpu_.SetBreakpoints({});
  Handle(cpu_.Run(1, false));
  cpu_.SetBreakpoints(breakpoints_);
  is_asleep_ = false;
}

bool CortexMCore::TakeBreakpointHit() { return std::exchange(breakpoint_hit_, false); }

void CortexMCore::SetBreakpoints(std::span<const uint32_t> addresses) {
  breakpoints_.assign(addresses.begin(), addresses.end());
  cpu_.SetBreakpoints(breakpoints_);
}

uint32_t CortexMCore::ReadRegister(uint32_t number) const {
  if (number <= static_cast<uint32_t>(kPsp)) {
    return cpu_.Get(static_cast<CoreRegister>(number));
  }
  if (number == kSelectMasks) {
    return (cpu_.Get(kControl) << 24) | ((cpu_.Get(kFaultMask) & 1) << 16) |
           ((cpu_.Get(kBasePri) & 0xff) << 8) | (cpu_.Get(kPriMask) & 1);
  }
  if (number == kSelectFpscr) {
    return cpu_.Get(kFpscr);
  }
  if (number >= kSelectS0 && number < kSelectS0 + kFloats) {
    return cpu_.Get(static_cast<CoreRegister>(number - kSelectS0 + static_cast<uint32_t>(kS0)));
  }
  return 0;
}

void CortexMCore::WriteRegister(uint32_t number, uint32_t value) {
  if (number == static_cast<uint32_t>(kPc)) {
    is_locked_up_ = false;  // B1.5.15: a debugger gets the core out of it
    cpu_.Set(kPc, value & ~1u);
  } else if (number <= static_cast<uint32_t>(kPsp)) {
    cpu_.Set(static_cast<CoreRegister>(number), value);
  } else if (number == kSelectMasks) {
    cpu_.Set(kControl, value >> 24 & 7);
    cpu_.Set(kFaultMask, value >> 16 & 1);
    cpu_.Set(kBasePri, value >> 8 & 0xff);
    cpu_.Set(kPriMask, value & 1);
  } else if (number == kSelectFpscr) {
    cpu_.Set(kFpscr, value);
  } else if (number >= kSelectS0 && number < kSelectS0 + kFloats) {
    cpu_.Set(static_cast<CoreRegister>(number - kSelectS0 + static_cast<uint32_t>(kS0)), value);
  }
}

}  // namespace test
