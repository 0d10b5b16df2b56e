#include "stack/tcp/reassembly.h"

#include <cstring>
#include <utility>

#include "stack/base/pbuf_pool.h"
#include "stack/tcp/receive_queue.h"

namespace stack {
namespace {

using base::PbufPart;

constexpr size_t kNoteSize = sizeof(uint32_t);

void NoteStart(base::Pbuf& packet, Sequence start) {
  const uint32_t value = start.value();
  std::memcpy(packet.data() - kNoteSize, &value, kNoteSize);
}

Sequence StartOf(const PbufPart& part) {
  uint32_t value;
  std::memcpy(&value, part.data - kNoteSize, kNoteSize);
  return Sequence(value);
}

Sequence EndOf(const PbufPart& part) {
  Sequence end = StartOf(part);
  for (const PbufPart* piece = &part; piece != nullptr; piece = piece->next) {
    end += piece->size;
  }
  return end;
}

// The bytes in front of the data are the received headers, and ours alone.
bool HasRoomForNote(const base::Pbuf& packet) {
  return packet.headroom() >= kNoteSize && !packet.is_shared();
}

}  // namespace

PbufPart* Reassembly::FindLastAtOrBefore(Sequence start) const {
  PbufPart* const last = packets_.back();
  if (last != nullptr && StartOf(*last) <= start) {
    return last;  // the usual case: segments behind the gap arrive in order
  }
  PbufPart* found = nullptr;
  for (PbufPart* part = packets_.front(); part != nullptr && StartOf(*part) <= start;
       part = part->next_packet) {
    found = part;
  }
  return found;
}

bool Reassembly::Insert(Sequence start, base::Pbuf&& data, size_t limit) {
  const Sequence end = start + static_cast<uint32_t>(data.size());
  PbufPart* previous = FindLastAtOrBefore(start);
  while (previous != nullptr && start < EndOf(*previous)) {
    const Sequence covered = EndOf(*previous);
    if (end <= covered) {
      return true;
    }
    data.TrimFront(covered - start);
    start = covered;
    if (PbufPart* const next = previous->next_packet; next != nullptr && StartOf(*next) <= start) {
      previous = next;
    }
  }
  PbufPart* const next = previous == nullptr ? packets_.front() : previous->next_packet;
  if (next != nullptr && StartOf(*next) < end) {
    data.TrimBack(end - StartOf(*next));
  }
  const size_t count = data.size();
  if (previous != nullptr && EndOf(*previous) == start &&
      Coalesce(previous, data, packets_.count())) {
    size_ += count;
    return true;
  }
  if (packets_.count() >= limit || !HasRoomForNote(data)) {
    return false;
  }
  NoteStart(data, start);
  data.set_holder(base::Holder::kTcpOutOfOrder);
  packets_.InsertAfter(previous, std::move(data));
  size_ += count;
  return true;
}

Sequence Reassembly::front_start() const { return StartOf(*packets_.front()); }

base::Pbuf Reassembly::PopFront() {
  base::Pbuf packet = packets_.PopFront();
  size_ -= packet.size();
  return packet;
}

void Reassembly::Clear() {
  packets_.Clear();
  size_ = 0;
}

}  // namespace stack
