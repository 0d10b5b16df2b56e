#include "host-cli/probe/rtt_search.h"

#include <algorithm>
#include <array>

#include "host-cli/probe/rtt_rings.h"

namespace netctl {
namespace {

// RAM comes in multiples of it, so a fault in a piece is the end of the RAM.
constexpr uint32_t kPiece = 4096;
constexpr size_t kIdSize = protocol::kRttIdInverted.size();

constexpr std::array<MemoryRange, 4> kUsualRam = {{
    {0x2000'0000, 256 * 1024},  // SRAM of nearly every Cortex-M
    {0x2100'0000, 64 * 1024},   // external RAM of the emulated board
    {0x1000'0000, 64 * 1024},   // CCM of an STM32F4
    {0x2400'0000, 512 * 1024},  // AXI SRAM of an STM32H7
}};

}  // namespace

std::span<const MemoryRange> UsualRam() { return kUsualRam; }

MemoryResult<std::optional<uint32_t>> RttSearch::Step(TargetMemory& memory) {
  if (next_address_ < addresses_.size()) {
    return LookAt(memory, addresses_[next_address_++], kIdSize);
  }
  if (range_ < ranges_.size()) {
    const MemoryRange& range = ranges_[range_];
    const uint32_t address = range.begin + offset_;
    const uint32_t size = std::min(kPiece, range.size - offset_);
    auto found = LookAt(memory, address, size);
    offset_ += size;
    if (found && *found) {
      // The search goes on behind it, should it be a wrong one.
      offset_ = **found - range.begin + protocol::kRttAlignment;
    }
    if (!found || offset_ >= range.size) {
      NextRange();
    }
    if (!found && found.error().kind == MemoryError::Kind::kFault) {
      return std::nullopt;
    }
    return found;
  }
  ++rounds_;
  next_address_ = 0;
  range_ = 0;
  offset_ = 0;
  return std::nullopt;
}

void RttSearch::NextRange() {
  ++range_;
  offset_ = 0;
}

void RttSearch::Restart(uint32_t address) {
  std::erase(addresses_, address);
  addresses_.insert(addresses_.begin(), address);
  next_address_ = 0;
  range_ = 0;
  offset_ = 0;
}

MemoryResult<std::optional<uint32_t>> RttSearch::LookAt(TargetMemory& memory, uint32_t address,
                                                        size_t size) {
  std::vector<std::byte> bytes(size);
  if (const auto read = memory.Read(address, bytes); !read) {
    if (size == kIdSize && read.error().kind == MemoryError::Kind::kFault) {
      return std::nullopt;
    }
    return std::unexpected(read.error());
  }
  for (size_t i = 0; i + kIdSize <= size; i += protocol::kRttAlignment) {
    if (IsRttId(std::span(bytes).subspan(i))) {
      return address + static_cast<uint32_t>(i);
    }
  }
  return std::nullopt;
}

}  // namespace netctl
