#include "agent/arm926/mmu.h"

#include <array>
#include <cstddef>

#include "agent/arm926/core.h"

namespace agent::arm926 {
namespace {

constexpr size_t kSections = 4096;

// The core wants it aligned to its size; .bss has been cleared, and 0 is a fault.
alignas(kSections * 4) constinit std::array<uint32_t, kSections> translation_table{};

// A section descriptor (chapter 3): base, access permission, domain 0, C, B.
constexpr uint32_t kSection = 0x12;
constexpr uint32_t kBufferable = 1 << 2;
constexpr uint32_t kCacheable = 1 << 3;
constexpr uint32_t kReadWrite = 1 << 10;
constexpr uint32_t kReadOnly = 0;  // with the R bit of the control register

constexpr uint32_t Attributes(Memory memory) {
  switch (memory) {
    case Memory::kData:
      return kSection | kCacheable | kBufferable | kReadWrite;
    case Memory::kCode:
      return kSection | kCacheable | kBufferable | kReadOnly;
    case Memory::kDevice:
      break;
  }
  return kSection | kReadWrite;
}

constexpr uint32_t kDomain0Checked = 1;  // c3

// The control register, c1.
constexpr uint32_t kMmuOn = 1 << 0;
constexpr uint32_t kAlignmentFaults = 1 << 1;
constexpr uint32_t kDataCache = 1 << 2;
constexpr uint32_t kReadOnlySections = 1 << 9;
constexpr uint32_t kInstructionCache = 1 << 12;

}  // namespace

void StartMmu() {
  for (const Region& region : MemoryMap()) {
    for (uint32_t i = 0; i < region.size_mb; ++i) {
      translation_table[region.first_mb + i] =
          (region.physical_mb + i) << 20 | Attributes(region.memory);
    }
  }
  DrainWriteBuffer();
  asm volatile("mcr p15, 0, %0, c2, c0, 0" : : "r"(translation_table.data()) : "memory");
  asm volatile("mcr p15, 0, %0, c3, c0, 0" : : "r"(kDomain0Checked) : "memory");
  uint32_t control;
  asm volatile("mrc p15, 0, %0, c1, c0, 0" : "=r"(control));
  control |= kMmuOn | kAlignmentFaults | kDataCache | kReadOnlySections | kInstructionCache;
  // The next instructions were fetched already; they stand at the same address either way.
  asm volatile("mcr p15, 0, %0, c1, c0, 0\n\tnop\n\tnop" : : "r"(control) : "memory");
}

}  // namespace agent::arm926
