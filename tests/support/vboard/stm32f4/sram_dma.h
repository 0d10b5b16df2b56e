// What the Ethernet's DMA reaches in an STM32F407: SRAM1 and SRAM2, no CCM and no flash (RM0090
// 2.1.7).
#pragma once

#include <cstdint>
#include <cstring>

#include "tests/support/dma_memory.h"
#include "tests/support/vboard/hex.h"
#include "tests/support/vboard/violations.h"

namespace test {

class SramDma final : public DmaMemory {
 public:
  SramDma(uint32_t base, base::ByteSpan memory, Violations& violations)
      : base_(base), memory_(memory), violations_(violations) {}

  bool Read(uint32_t address, base::ByteSpan bytes) override {
    const std::byte* const place = Find(address, bytes.size());
    if (place != nullptr) {
      std::memcpy(bytes.data(), place, bytes.size());
    }
    return place != nullptr;
  }
  bool Write(uint32_t address, base::ConstByteSpan bytes) override {
    std::byte* const place = Find(address, bytes.size());
    if (place != nullptr) {
      std::memcpy(place, bytes.data(), bytes.size());
    }
    return place != nullptr;
  }

 private:
  std::byte* Find(uint32_t address, size_t size) {
    const uint32_t offset = address - base_;
    if (offset > memory_.size() || size > memory_.size() - offset) {
      violations_.Add("ETH: its DMA does not reach " + Hex(address));
      return nullptr;
    }
    return &memory_[offset];
  }

  uint32_t base_;
  base::ByteSpan memory_;
  Violations& violations_;
};

}  // namespace test
