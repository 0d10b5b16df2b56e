#include "stack/base/pbuf_pool.h"

#include <algorithm>

namespace base {

PbufPool::PbufPool(std::span<PbufBuffer> buffers, ByteSpan storage, uint16_t buffer_size)
    : buffers_(buffers) {
  stats_.buffer_size = buffer_size;
  stats_.count = static_cast<uint16_t>(buffers.size());
  for (size_t i = buffers.size(); i-- > 0;) {
    PbufBuffer& buffer = buffers[i];
    buffer.pool = this;
    buffer.storage = storage.data() + i * buffer_size;
    buffer.part.buffer = &buffer;
    buffer.part.embedded = true;
    buffer.next_free = free_;
    free_ = &buffer;
  }
}

PbufBuffer* PbufPool::Take() {
  PbufBuffer* const buffer = free_;
  if (buffer == nullptr) {
    ++stats_.exhausted;
    return nullptr;
  }
  free_ = buffer->next_free;
  buffer->references = 1;
  ++stats_.allocated;
  ++stats_.in_use;
  stats_.in_use_peak = std::max(stats_.in_use_peak, stats_.in_use);
  return buffer;
}

void PbufPool::GiveBack(PbufBuffer& buffer) {
  buffer.next_free = free_;
  free_ = &buffer;
  --stats_.in_use;
}

PbufPools::PbufPools(std::span<PbufPool* const> pools, std::span<PbufPart> parts) : pools_(pools) {
  part_stats_.count = static_cast<uint16_t>(parts.size());
  for (PbufPool* pool : pools) {
    for (PbufBuffer& buffer : pool->buffers_) {
      buffer.part.pools = this;
    }
  }
  for (size_t i = parts.size(); i-- > 0;) {
    parts[i].pools = this;
    parts[i].next_packet = free_parts_;
    free_parts_ = &parts[i];
  }
}

Result<Pbuf> PbufPools::Allocate(size_t headroom, size_t room, Holder holder) {
  if (FailsNow()) {
    return std::unexpected(Status::kResourceExhausted);
  }
  Status failure = Status::kInvalidArgument;
  for (PbufPool* pool : pools_) {
    if (pool->buffer_size() < headroom + room) {
      continue;
    }
    PbufBuffer* const buffer = pool->Take();
    if (buffer == nullptr) {
      failure = Status::kResourceExhausted;
      continue;
    }
    PbufPart& part = buffer->part;
    part.data = buffer->storage + headroom;
    part.size = 0;
    part.has_sum = false;
    part.holder = holder;
    part.next = nullptr;
    part.next_packet = nullptr;
    ++pool->stats_.held[static_cast<size_t>(holder)];
    return Pbuf(&part);
  }
  return std::unexpected(failure);
}

Result<Pbuf> PbufPools::AllocateCopy(size_t headroom, ConstByteSpan bytes, Holder holder) {
  const size_t largest = pools_.empty() ? 0 : pools_.back()->buffer_size();
  Pbuf copy;
  do {
    if (largest <= headroom) {
      return std::unexpected(Status::kInvalidArgument);
    }
    const size_t count = std::min(bytes.size(), largest - headroom);
    auto piece = Allocate(headroom, count, holder);
    if (!piece) {
      return std::unexpected(piece.error());
    }
    const Sum sum = CopyAndSum(piece->Append(count), bytes.first(count));
    piece->set_sum(sum);
    if (copy) {
      copy.Chain(std::move(*piece));
    } else {
      copy = std::move(*piece);
    }
    bytes = bytes.subspan(count);
    headroom = 0;
  } while (!bytes.empty());
  return copy;
}

Result<Pbuf> PbufPools::AllocateFront(size_t headroom, Pbuf&& packet) {
  Pbuf rest = std::move(packet);
  auto front = Allocate(headroom, 0, rest.holder());
  if (front) {
    front->Chain(std::move(rest));
  }
  return front;
}

Result<Pbuf> PbufPools::Wrap(ConstByteSpan bytes, Holder holder) {
  PbufPart* const part = TakePart();
  if (part == nullptr) {
    return std::unexpected(Status::kResourceExhausted);
  }
  // Parts are writable views for whoever owns the buffer; without a buffer nobody writes
  // (headroom() is 0).
  part->data = const_cast<std::byte*>(bytes.data());
  part->size = static_cast<uint16_t>(bytes.size());
  part->holder = holder;
  ++part_stats_.held[static_cast<size_t>(holder)];
  return Pbuf(part);
}

PbufPart* PbufPools::TakePart() {
  PbufPart* const part = free_parts_;
  if (part == nullptr || FailsNow()) {
    ++part_stats_.exhausted;
    return nullptr;
  }
  free_parts_ = part->next_packet;
  *part = PbufPart{.pools = this};
  ++part_stats_.allocated;
  ++part_stats_.in_use;
  part_stats_.in_use_peak = std::max(part_stats_.in_use_peak, part_stats_.in_use);
  return part;
}

void PbufPools::GiveBackPart(PbufPart& part) {
  part.next_packet = free_parts_;
  free_parts_ = &part;
  --part_stats_.in_use;
}

bool PbufPools::FailsNow() { return fail_in_ != 0 && --fail_in_ == 0; }

}  // namespace base
