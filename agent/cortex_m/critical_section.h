// Interrupts off for the life of an object.
#pragma once

#include <cstdint>

namespace agent::cortex_m {

// Sets PRIMASK and puts the former value back at the end of the scope, so that sections nest.
class CriticalSection {
 public:
  CriticalSection() { asm volatile("mrs %0, primask\n\tcpsid i" : "=r"(primask_) : : "memory"); }
  CriticalSection(const CriticalSection&) = delete;
  CriticalSection& operator=(const CriticalSection&) = delete;
  // With the barrier an interrupt that waited is taken here, and not after the next section began
  // (ARMv7-M B1.4.3).
  ~CriticalSection() { asm volatile("msr primask, %0\n\tisb" : : "r"(primask_) : "memory"); }

 private:
  uint32_t primask_;
};

}  // namespace agent::cortex_m
