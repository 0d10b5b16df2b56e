#include "agent/cortex_m/fault.h"

#include <cstddef>
#include <cstdint>

#include "agent/bare_metal/machine.h"
#include "agent/cortex_m/core.h"
#include "agent/cortex_m/retained.h"

// An entry finds the exception frame on whichever stack was in use (EXC_RETURN bit 2), moves to a
// stack of its own, because the fault may be that the other one overflowed, and goes on in C++.
#define FAULT_ENTRY(name, kind)             \
  extern "C" [[gnu::naked]] void name() {   \
    asm volatile(                           \
        "tst   lr, #4          \n\t"        \
        "ite   eq              \n\t"        \
        "mrseq r0, msp         \n\t"        \
        "mrsne r0, psp         \n\t"        \
        "movs  r1, %0          \n\t"        \
        "ldr   r2, =_fault_stack_top  \n\t" \
        "msr   msp, r2         \n\t"        \
        "b     HandleFault     \n\t"        \
        ".ltorg                \n\t"        \
        :                                   \
        : "i"(kind));                       \
  }                                         \
  static_assert(true)

namespace agent::cortex_m {
namespace {

[[gnu::section(".noinit")]] BootRecord retained_record;

// What the core stacks on exception entry, B1.5.6.
struct ExceptionFrame {
  uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
};

extern "C" const std::byte _stack_bottom[];
extern "C" const std::byte _stack_top[];

// Not when the stack had overflowed: then there was no room to store the frame.
bool IsReadable(const ExceptionFrame* frame) {
  const auto* const bytes = reinterpret_cast<const std::byte*>(frame);
  return bytes >= _stack_bottom && bytes + sizeof(ExceptionFrame) <= _stack_top;
}

uint32_t FaultAddress(uint32_t status) {
  if ((status & kCfsrBfarValid) != 0) {
    return Bfar();
  }
  return (status & kCfsrMmfarValid) != 0 ? Mmfar() : 0;
}

}  // namespace

BootRecord& RetainedBootRecord() { return retained_record; }

extern "C" [[noreturn, gnu::used]] void HandleFault(const ExceptionFrame* frame, FaultKind kind) {
  Fault fault{.kind = kind, .status = Cfsr()};
  fault.address = FaultAddress(fault.status);
  if (IsReadable(frame)) {
    fault.pc = frame->pc;
    fault.lr = frame->lr;
  }
  RetainedBootRecord().NoteFault(fault);

  WriteEmergencyText("\r\nfault: ");
  WriteEmergencyText(FaultName(kind));
  machine::WriteEmergencyHex(" pc 0x", fault.pc);
  machine::WriteEmergencyHex(" lr 0x", fault.lr);
  machine::WriteEmergencyHex(" cfsr 0x", fault.status);
  machine::WriteEmergencyHex(" address 0x", fault.address);
  WriteEmergencyText(IsReadable(frame) ? "\r\n" : " (stack overflow)\r\n");
  ResetSystem();
}

FAULT_ENTRY(HardFaultEntry, static_cast<int>(FaultKind::kHard));
FAULT_ENTRY(MemoryFaultEntry, static_cast<int>(FaultKind::kMemory));
FAULT_ENTRY(BusFaultEntry, static_cast<int>(FaultKind::kBus));
FAULT_ENTRY(UsageFaultEntry, static_cast<int>(FaultKind::kUsage));
FAULT_ENTRY(UnexpectedInterruptEntry, static_cast<int>(FaultKind::kUnexpectedInterrupt));

}  // namespace agent::cortex_m
