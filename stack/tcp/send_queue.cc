#include "stack/tcp/send_queue.h"

#include <algorithm>
#include <utility>

namespace stack {
namespace {

using base::Pbuf;
using base::PbufPart;

// Up to this much gets a buffer of its own size; more of it may follow, so it gets a whole one.
constexpr size_t kSmallWrite = 128;

// A handle to a part that stays in its queue.
class Borrowed {
 public:
  explicit Borrowed(PbufPart* part) : pbuf_(part) {}
  ~Borrowed() { (void)pbuf_.Detach(); }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  Pbuf* operator->() { return &pbuf_; }

 private:
  Pbuf pbuf_;
};

bool OwnsHeadroom(const PbufPart& part) {
  return part.buffer != nullptr && part.buffer->references == 1 &&
         static_cast<size_t>(part.data - part.buffer->storage) >= SendQueue::kHeadroom;
}

// Copies to the end of `tail`, which carries its sum.
void CopyBehind(Pbuf& tail, base::ConstByteSpan data) {
  const base::Sum before = tail.sum();
  const bool odd = (tail.bytes().size() & 1) != 0;
  const base::Sum added = base::CopyAndSum(tail.Append(data.size()), data);
  tail.set_sum(base::AddSums(before, odd ? base::SwapSum(added) : added));
}

// Sums what nobody has summed: zero-copy data, and a head that was acknowledged in part.
void EnsureSum(PbufPart& part) {
  if (!part.has_sum) {
    part.sum = base::SumBytes({part.data, part.size});
    part.has_sum = true;
  }
}

}  // namespace

size_t SendQueue::FillTail(base::ConstByteSpan data, size_t mss) {
  PbufPart* const part = parts_.back();
  // What was sent stays as it is, so that a retransmission is the same segment again.
  if (part == nullptr || part->holder != base::Holder::kTcpUnsent || !part->has_sum ||
      part->buffer == nullptr || part->buffer->references != 1 || part->size >= mss) {
    return 0;
  }
  Pbuf tail(part);
  const size_t count = std::min({data.size(), mss - part->size, tail.tailroom()});
  CopyBehind(tail, data.first(count));
  (void)tail.Detach();
  return count;
}

size_t SendQueue::Append(base::PbufPools& pools, base::ConstByteSpan data, size_t mss) {
  size_t taken = FillTail(data, mss);
  while (taken < data.size()) {
    const size_t count = std::min(data.size() - taken, mss);
    const size_t room = count <= kSmallWrite && parts_.empty() ? count : mss;
    auto part = pools.Allocate(kHeadroom, room, base::Holder::kTcpUnsent);
    if (!part) {
      break;
    }
    part->set_sum(0);
    CopyBehind(*part, data.subspan(taken, count));
    parts_.PushBack(std::move(*part));
    taken += count;
  }
  size_ += taken;
  return taken;
}

void SendQueue::Append(Pbuf&& data) {
  data.set_holder(base::Holder::kTcpUnsent);
  PbufPart* part = data.Detach();
  while (part != nullptr) {
    Pbuf single(part);
    part = std::exchange(part->next, nullptr);
    if (!single.bytes().empty()) {
      size_ += single.bytes().size();
      parts_.PushBack(std::move(single));
    }
  }
}

void SendQueue::Acknowledge(size_t count) {
  size_ -= count;
  cursor_.start -= std::min(cursor_.start, count);
  while (count != 0) {
    PbufPart* const head = parts_.front();
    if (count < head->size) {
      head->data += count;
      head->size = static_cast<uint16_t>(head->size - count);
      head->has_sum = false;
      return;
    }
    count -= head->size;
    if (cursor_.part == head) {
      cursor_ = {};
    }
    parts_.PopFront();
  }
}

SendQueue::Position SendQueue::Locate(size_t offset) const {
  Position position = cursor_;
  if (position.part == nullptr || offset < position.start) {
    position = {parts_.front(), 0};
  }
  while (offset >= position.start + position.part->size) {
    position.start += position.part->size;
    position.part = position.part->next_packet;
  }
  return position;
}

base::Result<SendQueue::Piece> SendQueue::Slice(size_t offset, size_t size) {
  Position position = Locate(offset);
  size_t skip = offset - position.start;
  Piece piece{.owns_headroom = skip == 0 && OwnsHeadroom(*position.part)};
  while (true) {
    Borrowed part(position.part);
    if (part->holder() == base::Holder::kTcpUnsent) {
      part->set_holder(base::Holder::kTcpUnacked);
    }
    const size_t count = std::min(size, position.part->size - skip);
    if (count == position.part->size) {
      EnsureSum(*position.part);
    }
    auto shared = part->Share(base::Holder::kStack);
    if (!shared) {
      return std::unexpected(shared.error());
    }
    if (count != position.part->size) {
      shared->TrimFront(skip);
      shared->TrimBack(position.part->size - skip - count);
      shared->set_sum(base::SumBytes(shared->bytes()));
    }
    if (piece.bytes) {
      piece.bytes.Chain(std::move(*shared));
    } else {
      piece.bytes = std::move(*shared);
    }
    size -= count;
    if (size == 0) {
      break;
    }
    position.start += position.part->size;
    position.part = position.part->next_packet;
    skip = 0;
  }
  if (offset >= cursor_.start) {
    cursor_ = position;
  }
  return piece;
}

void SendQueue::Clear() {
  parts_.Clear();
  size_ = 0;
  cursor_ = {};
}

}  // namespace stack
