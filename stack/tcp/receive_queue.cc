#include "stack/tcp/receive_queue.h"

#include <algorithm>
#include <utility>

namespace stack {
namespace {

// Larger data is not worth the copy while the application keeps up. When it does not, whatever fits
// is copied, so that buffers are at least half full on average.
constexpr size_t kCoalesceBytes = 256;
constexpr size_t kKeepsUpPackets = 4;

}  // namespace

bool Coalesce(base::PbufPart* tail, const base::Pbuf& data, size_t queued_packets) {
  const size_t size = data.bytes().size();
  if (tail == nullptr || data.is_chain() || tail->next != nullptr ||
      (size > kCoalesceBytes && queued_packets < kKeepsUpPackets)) {
    return false;
  }
  base::Pbuf last(tail);
  const bool fits = !last.is_shared() && size <= last.tailroom();
  if (fits) {
    std::ranges::copy(data.bytes(), last.Append(size).begin());
  }
  (void)last.Detach();
  return fits;
}

void ReceiveQueue::Push(base::Pbuf&& data) {
  size_ += data.size();
  if (Coalesce(packets_.back(), data, packets_.count())) {
    return;
  }
  data.set_holder(base::Holder::kTcpReceive);
  packets_.PushBack(std::move(data));
}

base::Pbuf ReceiveQueue::Pop() {
  base::Pbuf packet = packets_.PopFront();
  if (packet) {
    size_ -= packet.size();
    packet.set_holder(base::Holder::kApplication);
  }
  return packet;
}

size_t ReceiveQueue::Read(base::ByteSpan out) {
  size_t copied = 0;
  while (copied < out.size() && !packets_.empty()) {
    base::Pbuf packet = packets_.PopFront();
    const size_t available = packet.size();
    const size_t count = packet.CopyOut(0, out.subspan(copied));
    copied += count;
    if (count < available) {
      packet.TrimFront(count);
      packets_.PushFront(std::move(packet));
    }
  }
  size_ -= copied;
  return copied;
}

void ReceiveQueue::Clear() {
  packets_.Clear();
  size_ = 0;
}

}  // namespace stack
