// Where in the target's RAM the control block is.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "host-cli/probe/target_memory.h"

namespace netctl {

struct MemoryRange {
  uint32_t begin = 0;
  uint32_t size = 0;
};

// RAM of the microcontrollers in use, in the order in which an agent is likely to be there.
std::span<const MemoryRange> UsualRam();

class RttSearch {
 public:
  // Looks at `addresses` first, then for an id in `ranges`, over and over.
  RttSearch(std::vector<uint32_t> addresses, std::vector<MemoryRange> ranges)
      : addresses_(std::move(addresses)), ranges_(std::move(ranges)) {}

  // Looks a little further: the address of a control block, or nullopt for not yet. Memory that is
  // not there is passed over.
  MemoryResult<std::optional<uint32_t>> Step(TargetMemory& memory);
  // Begins again, with `address` before all others.
  void Restart(uint32_t address);
  // How often all of it was looked at.
  uint32_t rounds() const { return rounds_; }

 private:
  MemoryResult<std::optional<uint32_t>> LookAt(TargetMemory& memory, uint32_t address, size_t size);
  void NextRange();

  std::vector<uint32_t> addresses_;
  std::vector<MemoryRange> ranges_;
  size_t next_address_ = 0;
  size_t range_ = 0;
  uint32_t offset_ = 0;
  uint32_t rounds_ = 0;
};

}  // namespace netctl
