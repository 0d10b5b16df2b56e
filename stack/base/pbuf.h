// Packet buffers: fixed-size buffers with room in front for headers, shared by handles.
//
//   buffer   |<-- headroom -->|<-- data -->|<-- tailroom -->|        one holder's view is a part:
//                             ^ part.data, part.size                 data, size, next, holder
//
// A Pbuf owns a chain of parts. Each part looks at one buffer, or at memory of somebody else
// (flash, an application). Share() makes one more part that looks at the same buffer: its offset,
// length and successor are its own. The last part that lets go gives the buffer back to its pool.
// The first part of a buffer lives in the buffer, so that the common case costs one allocation;
// further parts come from a pool of parts.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "stack/base/bytes.h"
#include "stack/base/checksum.h"
#include "stack/base/result.h"

namespace base {

// Who holds a part: what `netctl pbuf` prints, and what finds a leak.
enum class Holder : uint8_t {
  kDriverReceive,  // in a receive ring, or being read out of the MAC
  kDriverTransmit,
  kStack,  // on its way through the layers
  kArpWait,
  kReassembly,
  kUdpReceive,
  kTcpUnsent,
  kTcpUnacked,
  kTcpOutOfOrder,
  kTcpReceive,
  kApplication,
};
inline constexpr size_t kHolderCount = 11;
inline constexpr std::array<std::string_view, kHolderCount> kHolderNames = {
    "driver_receive",   "driver_transmit", "stack",      "arp_wait",
    "reassembly",       "udp_receive",     "tcp_unsent", "tcp_unacked",
    "tcp_out_of_order", "tcp_receive",     "application"};

class PbufPool;
class PbufPools;
struct PbufBuffer;

// One holder's view of a buffer.
struct PbufPart {
  std::byte* data = nullptr;
  uint16_t size = 0;
  Sum sum = 0;  // of data[0, size), when has_sum
  Holder holder = Holder::kStack;
  bool has_sum = false;
  bool embedded = false;            // lives in its buffer
  PbufBuffer* buffer = nullptr;     // nullptr: somebody else's memory
  PbufPart* next = nullptr;         // the rest of the packet
  PbufPart* next_packet = nullptr;  // in a PbufQueue
  PbufPools* pools = nullptr;
};

struct PbufBuffer {
  PbufPart part;  // the first view
  PbufPool* pool = nullptr;
  std::byte* storage = nullptr;
  uint16_t references = 0;
  PbufBuffer* next_free = nullptr;
};

// Move-only handle to one packet; empty when default-constructed or moved from.
class Pbuf {
 public:
  Pbuf() = default;
  explicit Pbuf(PbufPart* head) : head_(head) {}
  Pbuf(Pbuf&& other) noexcept : head_(std::exchange(other.head_, nullptr)) {}
  Pbuf& operator=(Pbuf&& other) noexcept {
    if (this != &other) {
      Reset();
      head_ = std::exchange(other.head_, nullptr);
    }
    return *this;
  }
  ~Pbuf() {
    if (head_ != nullptr) {
      Reset();
    }
  }

  explicit operator bool() const { return head_ != nullptr; }

  // Of the whole chain, in bytes.
  size_t size() const { return head_->next == nullptr ? head_->size : ChainSize(); }
  // Of the first part; headers never straddle parts, because Prepend and the drivers make them
  // contiguous.
  ByteSpan bytes() const { return {head_->data, head_->size}; }
  std::byte* data() const { return head_->data; }
  bool is_chain() const { return head_->next != nullptr; }
  size_t headroom() const {
    return head_->buffer == nullptr ? 0 : static_cast<size_t>(head_->data - head_->buffer->storage);
  }
  size_t tailroom() const;

  // Grow the first part at its front or back and return the new bytes. The caller keeps to
  // headroom() and tailroom() (asserted), and grows a shared buffer only where no other holder
  // looks.
  ByteSpan Prepend(size_t count) {
    assert(count <= headroom());
    head_->data -= count;
    head_->size = static_cast<uint16_t>(head_->size + count);
    head_->has_sum = false;
    return {head_->data, count};
  }
  ByteSpan Append(size_t count) {
    assert(count <= tailroom());
    std::byte* const added = head_->data + head_->size;
    head_->size = static_cast<uint16_t>(head_->size + count);
    head_->has_sum = false;
    return {added, count};
  }
  // Cut bytes off the chain; at most size(). Parts that become empty are let go, the first one
  // excepted.
  void TrimFront(size_t count);
  void TrimBack(size_t count);

  // Cuts `count` bytes, at most all of the first part, and keeps the sum: for an even number of
  // bytes that the sum does not cover (an Ethernet header that a driver left out) or that add up to
  // zero (an IPv4 header that is right).
  void StripFront(size_t count) {
    assert(count <= head_->size);
    head_->data += count;
    head_->size = static_cast<uint16_t>(head_->size - count);
  }
  // The same for bytes that the sum covers and that add up to `stripped`.
  void StripFront(size_t count, Sum stripped) {
    StripFront(count);
    head_->sum = SubtractSums(head_->sum, stripped);
  }
  // Cuts the last `count` bytes of a packet of one part and takes them out of the sum.
  void StripBack(size_t count);

  // Puts `tail` behind this packet.
  void Chain(Pbuf&& tail);
  // One more holder of the same bytes. kResourceExhausted when no part is left.
  Result<Pbuf> Share(Holder holder) const;
  // True while another part looks at the first buffer: its headers must not be rewritten.
  bool is_shared() const { return head_->buffer != nullptr && head_->buffer->references > 1; }

  // Copies from `offset` on; returns how many bytes that was.
  size_t CopyOut(size_t offset, ByteSpan out) const;
  template <typename Visitor>
  void ForEachPart(Visitor&& visit) const {
    for (const PbufPart* part = head_; part != nullptr; part = part->next) {
      visit(ConstByteSpan(part->data, part->size));
    }
  }

  Holder holder() const { return head_->holder; }
  // Moves every part of the chain to `holder` in the statistics.
  void set_holder(Holder holder);

  // The sum of the first part's bytes, if somebody computed it while copying. Trim and Prepend
  // forget it.
  bool has_sum() const { return head_->has_sum; }
  Sum sum() const { return head_->sum; }
  void set_sum(Sum sum) {
    head_->sum = sum;
    head_->has_sum = true;
  }
  void clear_sum() { head_->has_sum = false; }

  void Reset();
  PbufPart* head() const { return head_; }
  // Hands the chain to the caller.
  [[nodiscard]] PbufPart* Detach() { return std::exchange(head_, nullptr); }

 private:
  size_t ChainSize() const;

  PbufPart* head_ = nullptr;
};

namespace internal {
Sum ComputePacketSum(const Pbuf& packet);
}

// The sum of all bytes of the packet: what somebody computed already is taken from the parts.
inline Sum PacketSum(const Pbuf& packet) {
  return packet.has_sum() && !packet.is_chain() ? packet.sum() : internal::ComputePacketSum(packet);
}

// FIFO of packets, linked through the packets themselves.
class PbufQueue {
 public:
  PbufQueue() = default;
  PbufQueue(const PbufQueue&) = delete;
  PbufQueue& operator=(const PbufQueue&) = delete;
  ~PbufQueue() { Clear(); }

  bool empty() const { return head_ == nullptr; }
  size_t count() const { return count_; }
  PbufPart* front() const { return head_; }
  PbufPart* back() const { return tail_; }
  void PushBack(Pbuf&& packet);
  void PushFront(Pbuf&& packet);
  // Behind `position`, which is in this queue; nullptr means at the front.
  void InsertAfter(PbufPart* position, Pbuf&& packet);
  // Empty Pbuf when the queue is empty.
  Pbuf PopFront();
  // Takes out the packet behind `position`; nullptr means the first.
  Pbuf RemoveAfter(PbufPart* position);
  void Clear();

 private:
  PbufPart* head_ = nullptr;
  PbufPart* tail_ = nullptr;
  size_t count_ = 0;
};

}  // namespace base
