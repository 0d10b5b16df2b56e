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
  ~CriticalSection() { asm volatile("msr primask, %0" : : "r"(primask_) : "memory"); }

 private:
  uint32_t primask_;
};

}  // namespace agent::cortex_m
