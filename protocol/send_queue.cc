#include "protocol/send_queue.h"

#include <algorithm>
#include <array>

namespace protocol {

void SendQueue::Clear() {
  ring_.Clear();
  next_ = left_ = sent_ = credit_ = 0;
}

void SendQueue::Append(base::ConstByteSpan message) {
  std::array<std::byte, kLengthSize> length;
  base::Store<base::kMessageOrder>(length.data(), static_cast<uint16_t>(message.size()));
  ring_.Append(length);
  ring_.Append(message);
}

size_t SendQueue::LeftOfMessage() const {
  if (left_ != 0) {
    return left_;
  }
  std::array<std::byte, kLengthSize> length;
  ring_.Copy(next_, length);
  return base::Load<base::kMessageOrder, uint16_t>(length.data());
}

size_t SendQueue::FragmentSize(size_t limit) const {
  return next_ == ring_.end() ? 0 : std::min(LeftOfMessage(), limit);
}

Fragment SendQueue::Cut(size_t limit) {
  const size_t left = LeftOfMessage();
  const size_t length = std::min(left, limit);
  next_ += left_ == 0 ? uint32_t{kLengthSize} : 0;
  const Fragment fragment{
      .position = next_, .length = static_cast<uint16_t>(length), .more = length < left};
  left_ = static_cast<uint32_t>(left - length);
  next_ += fragment.length;
  sent_ += fragment.length;
  return fragment;
}

void SendQueue::Grant(uint32_t credit) {
  if (static_cast<int32_t>(credit - credit_) > 0) {
    credit_ = credit;
  }
}

}  // namespace protocol
