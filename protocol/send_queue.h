// The messages of one stream on their way out: queued, cut into fragments, kept until acknowledged.
#pragma once

#include <cstddef>
#include <cstdint>

#include "protocol/byte_ring.h"
#include "stack/base/bytes.h"

namespace protocol {

// A part of a message, as large as one frame carries.
struct Fragment {
  uint32_t position = 0;  // in the ring
  uint16_t length = 0;
  bool more = false;  // the message goes on
};

// The ring holds each message behind its length:
//
//   | in flight      | queued         | room |
//   ring.begin()     next             ring.end()
class SendQueue {
 public:
  SendQueue() = default;
  explicit SendQueue(base::ByteSpan storage) : ring_(storage) {}

  void Clear();

  // The largest message that ever fits, and that fits now.
  size_t capacity() const { return ring_.capacity() - std::min(ring_.capacity(), kLengthSize); }
  size_t room() const { return ring_.room() - std::min(ring_.room(), kLengthSize); }
  bool all_acknowledged() const { return ring_.size() == 0; }

  // `message` has 1 to room() bytes, at most 65535.
  void Append(base::ConstByteSpan message);

  // Size of the next fragment of at most `limit` bytes; 0 when nothing is queued.
  size_t FragmentSize(size_t limit) const;
  // False when the peer's credit does not cover the next fragment.
  bool HasCredit(size_t limit) const { return FragmentSize(limit) <= credit_ - sent_; }
  // FragmentSize is not 0 and has credit.
  Fragment Cut(size_t limit);

  ByteRing::Parts Payload(const Fragment& fragment) const {
    return ring_.Peek(fragment.position, fragment.length);
  }
  // The oldest fragment in flight arrived.
  void Acknowledge(const Fragment& fragment) { ring_.DropTo(fragment.position + fragment.length); }
  // `credit` is absolute: bytes since the session began. An older one changes nothing.
  void Grant(uint32_t credit);

 private:
  static constexpr size_t kLengthSize = 2;

  size_t LeftOfMessage() const;

  ByteRing ring_;
  uint32_t next_ = 0;  // position of the first byte not yet cut
  uint32_t left_ = 0;  // bytes of the message at next_; 0: a length stands there
  uint32_t sent_ = 0;  // bytes of payload cut since the session began
  uint32_t credit_ = 0;
};

}  // namespace protocol
