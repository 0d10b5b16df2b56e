// The receiving half of a session: takes DATA frames strictly in order and answers for them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "protocol/frame.h"
#include "protocol/receive_queue.h"
#include "stack/base/bytes.h"
#include "stack/base/time.h"

namespace protocol {

// A message handed out.
struct ReceivedMessage {
  Stream stream = Stream::kRequests;
  base::ConstByteSpan bytes;
};

// Acknowledges with the next frame sent, with an ACK when the peer asks or kAckDelay has passed,
// and at once when a frame came twice or out of order.
class Receiver {
 public:
  // Long enough for a response to carry the ACK of its request.
  static constexpr base::Duration kAckDelay = std::chrono::milliseconds(20);

  // `message` holds the largest message; it is where Receive puts one together.
  Receiver(const std::array<base::ByteSpan, kStreams>& rings, base::ByteSpan message,
           ChannelStats& stats);

  // A new session: forgets everything; the first grants are due.
  void Reset();
  // A DATA frame of this session.
  void OnData(const Frame& frame, base::Instant now);

  // As Session::Receive and Session::Release.
  bool Receive(ReceivedMessage& out);
  void Release();

  void OnTimer(base::Instant now);
  base::Instant deadline() const { return ack_at_; }
  // An ACK with the credit of `stream`, or of every stream, has to go out.
  void RequestAck(Stream stream) { due_ = static_cast<uint8_t>(due_ | Bit(stream)); }
  void RequestAllAcks();
  bool has_ack() const { return due_ != 0; }
  FrameHeader TakeAck();
  // Fills in ack and credit of a frame that goes out now.
  void Stamp(FrameHeader& header);

 private:
  static uint8_t Bit(Stream stream) {
    return static_cast<uint8_t>(1u << static_cast<unsigned>(stream));
  }
  ReceiveQueue& queue_of(Stream stream) { return queues_[static_cast<size_t>(stream)]; }
  void OnOutOfOrder(uint16_t seq);
  void AdvertiseIfWorthwhile(Stream stream);

  std::array<ReceiveQueue, kStreams> queues_;
  base::ByteSpan message_;
  ChannelStats& stats_;
  uint16_t expected_ = 0;  // the next seq
  uint16_t gap_seq_ = 0;   // the last one that came beyond a gap
  bool in_gap_ = false;
  bool gap_due_ = false;  // the gap has to be reported
  uint8_t due_ = 0;       // a bit per stream: an ACK with its credit has to go out
  Stream last_stream_ = Stream::kRequests;
  bool holding_ = false;  // a message is handed out
  ReceivedMessage held_;
  base::Instant ack_at_ = base::kNever;
};

}  // namespace protocol
