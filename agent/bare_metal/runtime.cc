// What the compiler's run-time library asks for on a system without a heap and without a way to
// return from an error. Linker scripts refuse an image into which malloc was linked.
#include <cstddef>

#include "agent/bare_metal/machine.h"
#include "agent/boot_record.h"

namespace {

[[noreturn]] void Abort(void* caller) {
  agent::machine::RetainedBootRecord().NoteFault(
      {.kind = agent::FaultKind::kAbort,
       .pc = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(caller))});
  agent::machine::WriteEmergencyText("\r\nfault: abort\r\n");
  agent::machine::Restart();
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
  agent::machine::WriteEmergencyText("\r\nassertion failed: ");
  agent::machine::WriteEmergencyText(expression);
  Abort(__builtin_return_address(0));
}

}  // extern "C"
