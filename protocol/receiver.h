// The receiving half of a session: order, credit, and messages put together from frames.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "protocol/byte_ring.h"
#include "protocol/frame.h"
#include "stack/base/bytes.h"
#include "stack/base/time.h"

namespace protocol {

// A message handed out.
struct ReceivedMessage {
  Stream stream = Stream::kRequests;
  base::ConstByteSpan bytes;
};

// Takes DATA frames strictly in order. Each stream has a ring of records, one per frame, and grants
// the peer what is free in it.
class Receiver {
 public:
  // `message` holds the largest message; it is where Receive puts one together.
  Receiver(const std::array<base::ByteSpan, kStreams>& rings, base::ByteSpan message,
           ChannelStats& stats);

  void Reset();
  // A DATA frame of this session.
  void OnData(const Frame& frame, base::Instant now);
  // The peer asked for an ACK with the credit of `stream`.
  void OnAckRequest(Stream stream);

  bool Receive(ReceivedMessage& out);
  void Release();

  void OnTimer(base::Instant now);
  base::Instant deadline() const { return ack_deadline_; }
  bool has_ack() const { return due_ != 0; }
  // The stream and flags of the ACK to send now.
  FrameHeader TakeAck();
  // Completes a header that goes out with the ack and the credit of its stream.
  void Stamp(FrameHeader& header);

 private:
  struct Queue {
    ByteRing ring;
    uint32_t received = 0;    // bytes of payload accepted since the session began
    uint32_t released = 0;    // bytes of payload that left the ring
    uint32_t advertised = 0;  // the last grant sent
    uint32_t assembled = 0;   // bytes of the message that is not complete yet
    uint16_t complete = 0;    // messages that can be handed out
    bool skipping = false;    // the rest of a message that is too large
  };

  bool Accept(const Frame& frame);
  void OnOutOfOrder(uint16_t seq);
  void AppendRecord(Queue& queue, const Frame& frame);
  size_t TakeMessage(Queue& queue);
  uint32_t Grant(const Queue& queue) const;
  void MaybeGrant(Stream stream);

  std::array<Queue, kStreams> queues_;
  base::ByteSpan message_;
  ChannelStats& stats_;
  uint16_t expected_ = 0;  // the next seq
  bool gap_ = false;       // a gap was reported and is still open
  bool gap_due_ = false;   // it has to be reported
  uint16_t gap_seq_ = 0;   // the last frame that came beyond it
  uint8_t due_ = 0;        // a bit per stream: an ACK with its credit has to go out
  uint8_t last_stream_ = 0;
  bool holding_ = false;  // a message is handed out
  uint32_t held_bytes_ = 0;
  Stream held_stream_ = Stream::kRequests;
  base::Instant ack_deadline_ = base::kNever;
};

}  // namespace protocol
