// The target's ends of one ring in memory that it shares with a debug probe. Offsets are read as
// words that may change at any time, and checked at every use: one that lies outside is counted and
// empties the ring.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "protocol/rtt.h"
#include "stack/base/bytes.h"

namespace agent {

class RttRingEnd {
 public:
  RttRingEnd(protocol::RttRing& shared, base::ByteSpan buffer, uint32_t& bad_offsets)
      : shared_(shared), buffer_(buffer), bad_offsets_(bad_offsets) {}

 protected:
  struct Offsets {
    size_t write;
    size_t read;
  };

  // Nothing: at least one lies outside the ring.
  std::optional<Offsets> Load() const;
  // The same; the ring is empty afterwards if it had to be.
  Offsets LoadOrEmpty();
  size_t Used(const Offsets& offsets) const {
    return offsets.write >= offsets.read ? offsets.write - offsets.read
                                         : offsets.write + buffer_.size() - offsets.read;
  }
  // One byte stays free: equal offsets mean an empty ring.
  size_t Free(const Offsets& offsets) const { return buffer_.size() - 1 - Used(offsets); }
  size_t Advance(size_t offset, size_t count) const { return (offset + count) % buffer_.size(); }

  static void Store(uint32_t& shared, size_t offset) {
    // Release: on Arm a DMB stands between the bytes and the offset.
    std::atomic_ref(shared).store(static_cast<uint32_t>(offset), std::memory_order_release);
  }

  protocol::RttRing& shared_;
  base::ByteSpan buffer_;

 private:
  uint32_t& bad_offsets_;
};

// Target to host.
class RttUpRing : public RttRingEnd {
 public:
  using RttRingEnd::RttRingEnd;

  // What Write would take.
  size_t room() const;
  // Takes as much of `data` as fits; returns how much that was.
  size_t Write(base::ConstByteSpan data);
};

// Host to target.
class RttDownRing : public RttRingEnd {
 public:
  using RttRingEnd::RttRingEnd;

  // Moves up to out.size() bytes to `out`; returns how many.
  size_t Read(base::ByteSpan out);
  // Forgets what is there.
  void Drop();
};

}  // namespace agent
