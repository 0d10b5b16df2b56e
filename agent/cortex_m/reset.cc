// From reset to main(): initialised data, cleared data, faults and the guard below the stack. The
// linker script refuses global constructors, so nothing else has to run.
#include <cstddef>
#include <cstdint>

#include "agent/cortex_m/core.h"

namespace agent::cortex_m {
namespace {

extern "C" std::byte _stack_guard[];

// A stack that grows into the 1024 bytes below it becomes a memory fault.
void GuardStack() {
  MpuRegionNumber() = 0;
  MpuRegionBase() = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(_stack_guard));
  MpuRegionAttributes() = kMpuRegionNoExecute | MpuRegionSize(9) | kMpuRegionEnable;
  MpuControl() = kMpuEnable | kMpuDefaultMap;
  asm volatile("dsb\n\tisb" : : : "memory");
}

}  // namespace

void PrepareCore() {
  Shcsr() = Shcsr() | kShcsrFaultEnables;
  GuardStack();
}

}  // namespace agent::cortex_m

extern "C" {

extern const uint32_t _data_load[];
extern uint32_t _data_start[];
extern uint32_t _data_end[];
extern uint32_t _bss_start[];
extern uint32_t _bss_end[];

int main();

// The compiler must not turn the loops into calls of memcpy and memset on memory that is not set
// up.
[[noreturn, gnu::optimize("no-tree-loop-distribute-patterns")]] void ResetEntry() {
  const uint32_t* from = _data_load;
  for (uint32_t* to = _data_start; to < _data_end; ++to, ++from) {
    *to = *from;
  }
  for (uint32_t* to = _bss_start; to < _bss_end; ++to) {
    *to = 0;
  }
  agent::cortex_m::PrepareCore();
  main();
  agent::cortex_m::ResetSystem();
}

}  // extern "C"
