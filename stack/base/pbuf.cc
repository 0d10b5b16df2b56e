#include "stack/base/pbuf.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "stack/base/pbuf_pool.h"

namespace base {
namespace {

PbufPoolStats* StatsOf(const PbufPart& part, PbufPoolStats& part_stats, PbufPoolStats* pool_stats) {
  return part.buffer == nullptr ? &part_stats : pool_stats;
}

}  // namespace

size_t Pbuf::ChainSize() const {
  size_t total = 0;
  for (const PbufPart* part = head_; part != nullptr; part = part->next) {
    total += part->size;
  }
  return total;
}

size_t Pbuf::tailroom() const {
  return head_->buffer == nullptr ? 0
                                  : head_->buffer->pool->buffer_size() - headroom() - head_->size;
}

void Pbuf::TrimFront(size_t count) {
  while (count >= head_->size && head_->next != nullptr) {
    count -= head_->size;
    PbufPart* const rest = std::exchange(head_->next, nullptr);
    rest->next_packet = head_->next_packet;
    Pbuf(head_).Reset();
    head_ = rest;
  }
  assert(count <= head_->size);
  if (count != 0) {
    head_->data += count;
    head_->size = static_cast<uint16_t>(head_->size - count);
    head_->has_sum = false;
  }
}

void Pbuf::TrimBack(size_t count) {
  if (count == 0) {
    return;
  }
  size_t keep = size() - count;
  PbufPart* part = head_;
  while (keep > part->size) {
    keep -= part->size;
    part = part->next;
  }
  if (part->size != keep) {
    part->size = static_cast<uint16_t>(keep);
    part->has_sum = false;
  }
  Pbuf(std::exchange(part->next, nullptr)).Reset();
}

void Pbuf::StripBack(size_t count) {
  assert(!is_chain() && count <= head_->size);
  const size_t keep = head_->size - count;
  if (head_->has_sum) {
    const Sum cut = SumBytes({head_->data + keep, count});
    head_->sum = SubtractSums(head_->sum, (keep & 1) != 0 ? SwapSum(cut) : cut);
  }
  head_->size = static_cast<uint16_t>(keep);
}

void Pbuf::Chain(Pbuf&& tail) {
  PbufPart* last = head_;
  while (last->next != nullptr) {
    last = last->next;
  }
  last->next = tail.Detach();
}

Result<Pbuf> Pbuf::Share(Holder holder) const {
  Pbuf shared;
  PbufPart** link = &shared.head_;
  for (const PbufPart* part = head_; part != nullptr; part = part->next) {
    PbufPart* const copy = part->pools->TakePart();
    if (copy == nullptr) {
      return std::unexpected(Status::kResourceExhausted);
    }
    copy->data = part->data;
    copy->size = part->size;
    copy->sum = part->sum;
    copy->has_sum = part->has_sum;
    copy->buffer = part->buffer;
    copy->holder = holder;
    if (part->buffer != nullptr) {
      ++part->buffer->references;
      ++part->buffer->pool->stats_.held[static_cast<size_t>(holder)];
    } else {
      ++part->pools->part_stats_.held[static_cast<size_t>(holder)];
    }
    *link = copy;
    link = &copy->next;
  }
  return shared;
}

size_t Pbuf::CopyOut(size_t offset, ByteSpan out) const {
  size_t copied = 0;
  for (const PbufPart* part = head_; part != nullptr && copied < out.size(); part = part->next) {
    if (offset >= part->size) {
      offset -= part->size;
      continue;
    }
    const size_t count = std::min(out.size() - copied, part->size - offset);
    std::memcpy(out.data() + copied, part->data + offset, count);
    copied += count;
    offset = 0;
  }
  return copied;
}

void Pbuf::set_holder(Holder holder) {
  for (PbufPart* part = head_; part != nullptr; part = part->next) {
    PbufPoolStats* const stats =
        StatsOf(*part, part->pools->part_stats_,
                part->buffer == nullptr ? nullptr : &part->buffer->pool->stats_);
    --stats->held[static_cast<size_t>(part->holder)];
    ++stats->held[static_cast<size_t>(holder)];
    part->holder = holder;
  }
}

void Pbuf::Reset() {
  PbufPart* part = std::exchange(head_, nullptr);
  while (part != nullptr) {
    PbufPart* const next = std::exchange(part->next, nullptr);
    PbufBuffer* const buffer = part->buffer;
    PbufPoolStats* const stats = StatsOf(*part, part->pools->part_stats_,
                                         buffer == nullptr ? nullptr : &buffer->pool->stats_);
    --stats->held[static_cast<size_t>(part->holder)];
    if (!part->embedded) {
      part->pools->GiveBackPart(*part);
    }
    if (buffer != nullptr && --buffer->references == 0) {
      buffer->pool->GiveBack(*buffer);
    }
    part = next;
  }
}

Sum internal::ComputePacketSum(const Pbuf& packet) {
  Sum total = 0;
  bool odd = false;
  for (const PbufPart* part = packet.head(); part != nullptr; part = part->next) {
    const Sum sum = part->has_sum ? part->sum : SumBytes({part->data, part->size});
    total = AddSums(total, odd ? SwapSum(sum) : sum);
    odd ^= (part->size & 1) != 0;
  }
  return total;
}

void PbufQueue::PushBack(Pbuf&& packet) { InsertAfter(tail_, std::move(packet)); }

void PbufQueue::PushFront(Pbuf&& packet) { InsertAfter(nullptr, std::move(packet)); }

void PbufQueue::InsertAfter(PbufPart* position, Pbuf&& packet) {
  PbufPart* const part = packet.Detach();
  PbufPart*& link = position == nullptr ? head_ : position->next_packet;
  part->next_packet = link;
  link = part;
  if (part->next_packet == nullptr) {
    tail_ = part;
  }
  ++count_;
}

Pbuf PbufQueue::PopFront() { return RemoveAfter(nullptr); }

Pbuf PbufQueue::RemoveAfter(PbufPart* position) {
  PbufPart*& link = position == nullptr ? head_ : position->next_packet;
  PbufPart* const part = link;
  if (part == nullptr) {
    return Pbuf();
  }
  link = std::exchange(part->next_packet, nullptr);
  if (tail_ == part) {
    tail_ = position;
  }
  --count_;
  return Pbuf(part);
}

void PbufQueue::Clear() {
  while (!empty()) {
    PopFront();
  }
}

}  // namespace base
