// What the compiler's run-time library asks for on a system without a heap and without a way to
// return from an error. sections.ld refuses an image into which malloc was linked.
#include <cstddef>

#include "agent/boot_record.h"
#include "agent/cortex_m/core.h"
#include "agent/cortex_m/fault.h"
#include "agent/cortex_m/retained.h"

namespace {

[[noreturn]] void Abort(void* caller) {
  agent::cortex_m::RetainedBootRecord().NoteFault(
      {.kind = agent::FaultKind::kAbort,
       .pc = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(caller))});
  agent::cortex_m::WriteEmergencyText("\r\nfault: abort\r\n");
  agent::cortex_m::ResetSystem();
}

}  // namespace

// Deleting destructors of classes with virtual functions name it; nothing is ever deleted.
void operator delete(void*) noexcept { Abort(__builtin_return_address(0)); }
void operator delete(void*, size_t) noexcept { Abort(__builtin_return_address(0)); }

extern "C" {

[[noreturn]] void abort() { Abort(__builtin_return_address(0)); }
[[noreturn]] void __cxa_pure_virtual() { Abort(__builtin_return_address(0)); }
// assert() of builds that keep it (NETCTL_ASSERT).
[[noreturn]] void __assert_func(const char*, int, const char*, const char* expression) {
  agent::cortex_m::WriteEmergencyText("\r\nassertion failed: ");
  agent::cortex_m::WriteEmergencyText(expression);
  Abort(__builtin_return_address(0));
}

}  // extern "C"
