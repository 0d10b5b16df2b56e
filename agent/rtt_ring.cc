#include "agent/rtt_ring.h"

#include <algorithm>
#include <cstring>

namespace agent {

std::optional<RttRingEnd::Offsets> RttRingEnd::Load() const {
  // Acquire: what the host did to the bytes before it moved its offset is seen behind here.
  const Offsets offsets{
      std::atomic_ref(shared_.write_offset).load(std::memory_order_acquire),
      std::atomic_ref(shared_.read_offset).load(std::memory_order_acquire),
  };
  if (offsets.write >= buffer_.size() || offsets.read >= buffer_.size()) {
    return std::nullopt;
  }
  return offsets;
}

RttRingEnd::Offsets RttRingEnd::LoadOrEmpty() {
  if (const auto offsets = Load()) {
    return *offsets;
  }
  ++bad_offsets_;
  Store(shared_.write_offset, 0);
  Store(shared_.read_offset, 0);
  return {0, 0};
}

size_t RttUpRing::room() const {
  const auto offsets = Load();
  // With a bad offset Write begins by emptying the ring.
  return offsets ? Free(*offsets) : buffer_.size() - 1;
}

size_t RttUpRing::Write(base::ConstByteSpan data) {
  const Offsets offsets = LoadOrEmpty();
  const size_t count = std::min(data.size(), Free(offsets));
  if (count == 0) {
    return 0;
  }
  const size_t first = std::min(count, buffer_.size() - offsets.write);
  std::memcpy(buffer_.data() + offsets.write, data.data(), first);
  std::memcpy(buffer_.data(), data.data() + first, count - first);
  Store(shared_.write_offset, Advance(offsets.write, count));
  return count;
}

size_t RttDownRing::Read(base::ByteSpan out) {
  const Offsets offsets = LoadOrEmpty();
  const size_t count = std::min(out.size(), Used(offsets));
  if (count == 0) {
    return 0;
  }
  const size_t first = std::min(count, buffer_.size() - offsets.read);
  std::memcpy(out.data(), buffer_.data() + offsets.read, first);
  std::memcpy(out.data() + first, buffer_.data(), count - first);
  Store(shared_.read_offset, Advance(offsets.read, count));
  return count;
}

void RttDownRing::Drop() {
  const Offsets offsets = LoadOrEmpty();
  if (offsets.read != offsets.write) {
    Store(shared_.read_offset, offsets.write);
  }
}

}  // namespace agent
