// The agent's rings in the target's RAM (protocol/rtt.h), from the host's side.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host-cli/probe/target_memory.h"
#include "protocol/rtt.h"

namespace netctl {

// Whether the 16 bytes in front of `bytes` are the id of a control block.
bool IsRttId(base::ConstByteSpan bytes);

class RttRings {
 public:
  // `memory` outlives this object.
  explicit RttRings(TargetMemory& memory) : memory_(memory) {}

  // Reads the control block at `address` and checks everything in it that will be used. What is
  // wrong with it; empty when it is the agent's. Bytes that wait in the rings stay there.
  MemoryResult<std::string> Attach(uint32_t address);

  struct Moved {
    size_t taken = 0;   // of the bytes for the target
    bool more = false;  // the target has more, or waits to be told what was read
    // These are not the rings that Attach saw: the target restarted, or somebody else uses them.
    bool stale = false;
  };
  // Moves bytes both ways in one batch: `to_target` as far as there is room, and what the target
  // has is appended to `from_target`. After an error: Attach again.
  MemoryResult<Moved> Exchange(base::ConstByteSpan to_target, std::vector<std::byte>& from_target);

  uint32_t address() const { return address_; }

 private:
  // A ring, where its descriptor is, and the offset that belongs to the host.
  struct Ring {
    uint32_t descriptor = 0;
    protocol::RttRing known;
  };
  static constexpr size_t kMinAhead = 64;

  size_t Queue(base::ConstByteSpan data);
  void QueueWord(uint32_t address, uint32_t value);
  void QueueAhead();
  size_t TakeAhead(uint32_t write_offset, std::vector<std::byte>& from_target);

  TargetMemory& memory_;
  uint32_t address_ = 0;
  Ring up_;
  Ring down_;
  bool read_unsaid_ = false;  // the target does not know yet what was read last
  size_t ahead_ = kMinAhead;  // bytes of the up ring that are read along, unseen
  // Of one batch.
  std::vector<MemoryAccess> accesses_;
  std::array<std::array<std::byte, 4>, 2> words_{};
  size_t words_used_ = 0;
  std::vector<std::byte> descriptors_;
  std::vector<std::byte> ahead_bytes_;
  size_t skipped_ = 0;      // of ahead_bytes_, in front of the first byte that counts
  size_t ahead_first_ = 0;  // bytes up to the end of the ring
  size_t ahead_count_ = 0;  // bytes, together with those at its beginning
};

}  // namespace netctl
