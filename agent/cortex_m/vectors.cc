#include "agent/cortex_m/vectors.h"

#include <array>

#include "agent/cortex_m/fault.h"

namespace agent::cortex_m {

extern "C" {
void ResetEntry();
extern std::byte _stack_top[];
}

struct CoreVectors {
  void* stack;
  std::array<Handler, 15> handlers;
};

// B1.5.2: initial stack pointer, reset, NMI, the faults, then SVCall to SysTick, which nobody uses.
[[gnu::section(".vectors.core"), gnu::used]] constinit const CoreVectors kCoreVectors = {
    _stack_top,
    {ResetEntry, UnexpectedInterruptEntry, HardFaultEntry, MemoryFaultEntry, BusFaultEntry,
     UsageFaultEntry, UnexpectedInterruptEntry, UnexpectedInterruptEntry, UnexpectedInterruptEntry,
     UnexpectedInterruptEntry, UnexpectedInterruptEntry, UnexpectedInterruptEntry,
     UnexpectedInterruptEntry, UnexpectedInterruptEntry, UnexpectedInterruptEntry}};

void UnexpectedInterrupt() { UnexpectedInterruptEntry(); }

}  // namespace agent::cortex_m
