// The messages of one stream on their way in: put together from frames, kept until handed out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "protocol/byte_ring.h"
#include "stack/base/bytes.h"

namespace protocol {

// The ring holds a record per frame: its length and whether the message goes on, then the payload.
class ReceiveQueue {
 public:
  ReceiveQueue() = default;
  explicit ReceiveQueue(base::ByteSpan storage) : ring_(storage) {}

  void Clear();

  enum class Outcome : uint8_t { kTaken, kNoCredit, kTooLong };
  // The payload of the stream's next frame. kNoCredit: more than was granted, nothing changed.
  // kTooLong: with it the message outgrows `largest_message`; the whole message will be skipped.
  Outcome Append(base::ConstByteSpan payload, bool more, size_t largest_message);

  // Puts the oldest complete message together in `out`, which holds the largest; returns its size.
  // Nothing: none is complete. Its bytes are granted again by Release(size).
  std::optional<size_t> Take(base::ByteSpan out);
  void Release(size_t size) { released_ += static_cast<uint32_t>(size); }

  bool accepts_data() const { return ring_.capacity() != 0; }
  // Bytes of payload that the peer may send, counted from the beginning of the session.
  uint32_t grant() const { return released_ + GrantCapacity(); }
  void OnAdvertised() { advertised_ = grant(); }
  // The peer may be waiting for what was released since the last advertisement.
  bool ShouldAdvertise() const;

 private:
  void AppendRecord(uint16_t mark, base::ConstByteSpan payload);
  // A fifth of the ring is for the records' heads.
  uint32_t GrantCapacity() const { return static_cast<uint32_t>(ring_.capacity() * 4 / 5); }

  ByteRing ring_;
  uint32_t received_ = 0;    // bytes of payload taken since the session began
  uint32_t released_ = 0;    // of these, the ones that were handed out or skipped
  uint32_t advertised_ = 0;  // the last grant that was sent
  uint32_t partial_ = 0;     // bytes of the message that is not complete yet
  uint16_t complete_ = 0;    // messages that can be taken
  bool skipping_ = false;    // the rest of a message that is too long
};

}  // namespace protocol
