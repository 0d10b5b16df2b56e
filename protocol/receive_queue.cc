#include "protocol/receive_queue.h"

#include <array>

#include "protocol/frame.h"

namespace protocol {
namespace {

constexpr size_t kRecordHeadSize = 2;
constexpr uint16_t kRecordMore = 0x8000;
constexpr uint16_t kRecordSkip = 0x4000;  // ends a message that is not to be handed out
constexpr uint16_t kRecordLength = 0x3fff;
static_assert(kMaxFramePayload <= kRecordLength);

}  // namespace

void ReceiveQueue::Clear() {
  ring_.Clear();
  received_ = released_ = advertised_ = partial_ = 0;
  complete_ = 0;
  skipping_ = false;
}

void ReceiveQueue::AppendRecord(uint16_t mark, base::ConstByteSpan payload) {
  std::array<std::byte, kRecordHeadSize> head;
  base::Store<base::kMessageOrder>(head.data(), static_cast<uint16_t>(mark | payload.size()));
  ring_.Append(head);
  ring_.Append(payload);
}

ReceiveQueue::Outcome ReceiveQueue::Append(base::ConstByteSpan payload, bool more,
                                           size_t largest_message) {
  // Room for one more head, so that a message can always be ended.
  if (payload.size() > grant() - received_ || payload.size() + 2 * kRecordHeadSize > ring_.room()) {
    return Outcome::kNoCredit;
  }
  const auto size = static_cast<uint32_t>(payload.size());
  received_ += size;
  if (skipping_) {
    released_ += size;
    skipping_ = more;
    return Outcome::kTaken;
  }
  if (partial_ + size > largest_message) {
    AppendRecord(kRecordSkip, {});
    ++complete_;
    partial_ = 0;
    released_ += size;
    skipping_ = more;
    return Outcome::kTooLong;
  }
  partial_ += size;
  if (partial_ != 0 && (size != 0 || !more)) {
    AppendRecord(more ? kRecordMore : 0, payload);
  }
  if (!more && partial_ != 0) {
    ++complete_;
    partial_ = 0;
  }
  return Outcome::kTaken;
}

std::optional<size_t> ReceiveQueue::Take(base::ByteSpan out) {
  size_t size = 0;
  while (complete_ != 0) {
    std::array<std::byte, kRecordHeadSize> bytes;
    ring_.Copy(ring_.begin(), bytes);
    const auto head = base::Load<base::kMessageOrder, uint16_t>(bytes.data());
    const size_t length = head & kRecordLength;
    ring_.Copy(ring_.begin() + kRecordHeadSize, out.subspan(size, length));
    ring_.DropTo(ring_.begin() + static_cast<uint32_t>(kRecordHeadSize + length));
    size += length;
    if ((head & kRecordMore) != 0) {
      continue;
    }
    --complete_;
    if ((head & kRecordSkip) == 0) {
      return size;
    }
    Release(size);
    size = 0;
  }
  return std::nullopt;
}

bool ReceiveQueue::ShouldAdvertise() const {
  const uint32_t news = grant() - advertised_;
  const uint32_t left = advertised_ - received_;
  return news >= GrantCapacity() / 4 + 1 ||
         (news != 0 && complete_ == 0 && left < 2 * kMaxFramePayload);
}

}  // namespace protocol
