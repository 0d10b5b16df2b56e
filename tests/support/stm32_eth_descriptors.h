// A list of DMA descriptors of the STM32's Ethernet as the DMA walks it (RM0090 33.6.2): ring or
// chain, four words or, enhanced, eight. What the DMA owns and somebody else changes is a
// violation.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "tests/support/dma_memory.h"
#include "tests/support/vboard/violations.h"

namespace test {

struct EthDescriptor {
  uint32_t address = 0;
  std::array<uint32_t, 4> words{};
};

class EthDescriptorList {
 public:
  enum class Kind : uint8_t { kReceive, kTransmit };

  EthDescriptorList(Kind kind, DmaMemory& memory, Violations& violations)
      : kind_(kind), memory_(memory), violations_(violations) {}

  // `skip_words` is DMABMR.DSL.
  void SetLayout(bool is_enhanced, uint32_t skip_words) {
    is_enhanced_ = is_enhanced;
    skip_words_ = skip_words;
  }
  bool is_enhanced() const { return is_enhanced_; }
  void SetBase(uint32_t address);
  bool has_base() const { return has_base_; }
  void Forget() { has_base_ = false; }
  // Of the next descriptor.
  uint32_t position() const { return position_; }

  // Reads the descriptor at position(). Nullopt: a bus error.
  std::optional<EthDescriptor> Fetch();
  // Moves position() to the one behind `descriptor`.
  void StepPast(const EthDescriptor& descriptor);
  // Gives it back with that word 0, and word 4 if it is enhanced. False: a bus error.
  bool Close(const EthDescriptor& descriptor, uint32_t status, uint32_t extended = 0);

 private:
  bool is_transmit() const { return kind_ == Kind::kTransmit; }
  const char* name() const { return is_transmit() ? "ETH: TX descriptor" : "ETH: RX descriptor"; }
  void Check(const EthDescriptor& descriptor);
  void CheckReceive(const EthDescriptor& descriptor);
  void CheckTransmit(const EthDescriptor& descriptor);
  void Report(const EthDescriptor& descriptor, const char* what);

  Kind kind_;
  DmaMemory& memory_;
  Violations& violations_;
  bool is_enhanced_ = false;
  uint32_t skip_words_ = 0;
  bool has_base_ = false;
  uint32_t base_ = 0;
  uint32_t position_ = 0;
};

}  // namespace test
