// From the assembly part of the start to main(): initialised data, cleared data, MMU and caches.
// The linker script refuses global constructors, so nothing else has to run.
#include <cstdint>

#include "agent/arm926/mmu.h"
#include "agent/bare_metal/machine.h"

extern "C" {

extern const uint32_t _data_load[];
extern uint32_t _data_start[];
extern uint32_t _data_end[];
extern uint32_t _bss_start[];
extern uint32_t _bss_end[];

int main();

// The compiler must not turn the loops into calls of memcpy and memset on memory that is not set
// up.
[[noreturn, gnu::used, gnu::optimize("no-tree-loop-distribute-patterns")]] void StartImage() {
  const uint32_t* from = _data_load;
  for (uint32_t* to = _data_start; to < _data_end; ++to, ++from) {
    *to = *from;
  }
  for (uint32_t* to = _bss_start; to < _bss_end; ++to) {
    *to = 0;
  }
  agent::arm926::StartMmu();
  main();
  agent::machine::Restart();
}

}  // extern "C"
