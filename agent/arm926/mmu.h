// What the core sees at which address: sections of 1 MB (ARM926EJ-S TRM, chapter 3). What no region
// names is a fault.
#pragma once

#include <cstdint>
#include <span>

namespace agent::arm926 {

enum class Memory : uint8_t {
  kData,    // cached, written back
  kCode,    // cached, read only
  kDevice,  // every access goes out, in order and in its width
};

struct Region {
  uint16_t first_mb;     // of the addresses that the program uses
  uint16_t physical_mb;  // where they lead
  uint16_t size_mb;
  Memory memory;
};

// The board's. Memory of the program has its own address, and the first megabyte leads to the
// image's vectors.
std::span<const Region> MemoryMap();

// Switches the MMU and both caches on, and makes misaligned accesses faults: without that this core
// returns rotated words.
void StartMmu();

}  // namespace agent::arm926
