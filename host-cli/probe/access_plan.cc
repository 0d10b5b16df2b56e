#include "host-cli/probe/access_plan.h"

#include <algorithm>
#include <cassert>

namespace netctl {
namespace {

constexpr size_t kWriteBytes = 5;  // request and value
constexpr size_t kReadBytes = 1;
constexpr size_t kWordBytes = 4;
// Auto-increment is only sure of the low ten bits of TAR (C2.2.2).
constexpr uint32_t kTarWrap = 1024;
// A packet has room for CSW, TAR and one access at least.
static_assert(Dap::kTransferHeader + 3 * kWriteBytes <= 64);

}  // namespace

AccessCursor AccessPlanner::Skip(AccessCursor cursor) const {
  while (cursor.access < accesses_.size() && cursor.offset == accesses_[cursor.access].size()) {
    cursor = {.access = cursor.access + 1, .offset = 0};
  }
  return cursor;
}

// Reads take whole words, as what surrounds the bytes belongs to the same word of the bus; writes
// touch the bytes of the access and no others.
AccessPlanner::Beat AccessPlanner::BeatAt(AccessCursor cursor) const {
  const MemoryAccess& access = accesses_[cursor.access];
  const uint32_t address = access.address + static_cast<uint32_t>(cursor.offset);
  const size_t left = access.size() - cursor.offset;
  Beat beat{.address = address, .write = access.out.empty()};
  if (!beat.write) {
    beat.address = address & ~uint32_t{3};
    beat.first = static_cast<uint8_t>(address & 3);
    beat.covered = static_cast<uint8_t>(std::min<size_t>(left, 4U - beat.first));
    return beat;
  }
  while (address % beat.width != 0 || beat.width > left) {
    beat.width /= 2;
  }
  beat.first = static_cast<uint8_t>(address & 3);
  beat.covered = beat.width;
  return beat;
}

// The bytes in their lanes of the bus (C2.2.6).
uint32_t AccessPlanner::ValueOf(AccessCursor cursor, const Beat& beat) const {
  const base::ConstByteSpan data = accesses_[cursor.access].data;
  uint32_t value = 0;
  for (size_t i = 0; i < beat.width; ++i) {
    value |= std::to_integer<uint32_t>(data[cursor.offset + i]) << (8 * (beat.first + i));
  }
  return value;
}

bool AccessPlanner::Append(AccessPacket& packet, AccessCursor cursor, const Beat& beat) {
  // CSW.Size is 0, 1, 2 for 1, 2, 4 bytes.
  const uint32_t csw = csw_base_ | (beat.width / 2U);
  const bool set_csw = csw != csw_;
  const bool set_tar = !tar_known_ || tar_ != beat.address;
  const size_t settings = static_cast<size_t>(set_csw) + static_cast<size_t>(set_tar);
  const size_t request =
      request_bytes_ + settings * kWriteBytes + (beat.write ? kWriteBytes : kReadBytes);
  const size_t reply =
      Dap::kTransferHeader + kWordBytes * (packet.reads.size() + static_cast<size_t>(!beat.write));
  if (request > packet_size_ || reply > packet_size_ ||
      packet.transfers.size() + settings + 1 > Dap::kMaxTransfers) {
    return false;
  }
  if (set_csw) {
    packet.transfers.push_back(WriteAp(kApCsw, csw));
    csw_ = csw;
  }
  if (set_tar) {
    packet.transfers.push_back(WriteAp(kApTar, beat.address));
  }
  tar_ = beat.address + beat.width;
  tar_known_ = tar_ % kTarWrap != 0;
  request_bytes_ = request;
  if (beat.write) {
    packet.writes = true;
    packet.transfers.push_back(WriteAp(kApDrw, ValueOf(cursor, beat)));
    return true;
  }
  packet.transfers.push_back(ReadAp(kApDrw));
  packet.reads.push_back({.to = accesses_[cursor.access].out.data() + cursor.offset,
                          .first = beat.first,
                          .count = beat.covered});
  return true;
}

AccessPacket AccessPlanner::Next(AccessCursor cursor) {
  cursor = Skip(cursor);
  AccessPacket packet{.begin = cursor, .end = cursor};
  tar_known_ = false;
  request_bytes_ = Dap::kTransferHeader;
  while (cursor.access < accesses_.size()) {
    const Beat beat = BeatAt(cursor);
    if (packet.transfers.empty()) {
      packet.address = beat.address + (beat.write ? 0U : beat.first);
    }
    if (!Append(packet, cursor, beat)) {
      break;
    }
    cursor = Skip({.access = cursor.access, .offset = cursor.offset + beat.covered});
    packet.end = cursor;
  }
  assert(!packet.transfers.empty() || cursor.access == accesses_.size());
  return packet;
}

}  // namespace netctl
