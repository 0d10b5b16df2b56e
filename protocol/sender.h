// The sending half of a session: queues of messages, cut into frames, kept until acknowledged.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "protocol/byte_ring.h"
#include "protocol/frame.h"
#include "protocol/rtt_estimator.h"
#include "stack/base/bytes.h"
#include "stack/base/result.h"
#include "stack/base/time.h"

namespace protocol {

// A DATA frame in flight: where its payload stands in the ring of its stream.
struct SentFrame {
  uint32_t position = 0;
  uint16_t length = 0;
  Stream stream = Stream::kRequests;
  bool more = false;
};

// Go-back-N over all streams; requests go first, events and bulk take turns. Bytes in flight stay
// below the peer's buffer, bytes of a stream below the peer's credit for it.
//
//   ring of a stream:  | acknowledged | in flight      | queued            | room |
//                                     ring.begin()     next                ring.end()
class Sender {
 public:
  // A DATA frame to encode; its payload stays valid until the next call.
  struct Outgoing {
    FrameHeader header;  // type, flags, stream and seq
    ByteRing::Parts payload;
  };

  Sender(const std::array<base::ByteSpan, kStreams>& rings, std::span<SentFrame> window,
         ChannelStats& stats);

  // A new session: forgets everything. `peer_buffer` and `largest_message` are the peer's.
  void Reset(uint32_t peer_buffer, size_t largest_message);

  // As Session::Send and Session::room.
  base::Status Send(Stream stream, base::ConstByteSpan message);
  size_t room(Stream stream) const;
  bool all_acknowledged() const;

  bool has_frame() const;
  // The next frame to send or to send again, if the window, the credit and the queues allow one.
  std::optional<Outgoing> Next(base::Instant now);
  // The header of any good frame of this session.
  void OnHeader(const FrameHeader& header, base::Instant now);
  void OnTimer(base::Instant now);
  base::Instant deadline() const { return deadline_; }
  // A stream that has waited for credit longer than a round trip: its lost grant is asked for
  // again.
  std::optional<Stream> TakeProbe();

  // How long the oldest frame in flight has waited while others were heard.
  base::Duration Stalled(base::Instant now) const;
  void AddRttSample(base::Duration sample) { rtt_.OnSample(sample); }
  base::Duration timeout() const { return rtt_.timeout(); }

 private:
  struct Queue {
    ByteRing ring;
    uint32_t next = 0;          // position of the first byte not yet sent
    uint32_t message_left = 0;  // bytes of the message at `next`; 0: its length comes first
    uint32_t sent = 0;          // bytes of payload sent since the session began
    uint32_t credit = 0;        // bytes of payload the peer granted
  };

  SentFrame& At(uint16_t seq) { return window_[seq % window_.size()]; }
  uint16_t in_flight() const { return static_cast<uint16_t>(next_seq_ - oldest_); }
  size_t FragmentSize(const Queue& queue) const;
  bool FitsWindow(Stream stream, size_t payload) const;
  std::optional<Stream> PickStream() const;
  Outgoing SendNew(Stream stream, base::Instant now);
  Outgoing SendAgain(base::Instant now);
  Outgoing Build(uint16_t seq);
  void OnAck(uint16_t ack, base::Instant now);
  void GoBack();
  void Arm(base::Instant now);

  std::array<Queue, kStreams> queues_;
  std::span<SentFrame> window_;
  ChannelStats& stats_;
  RttEstimator rtt_;
  uint16_t oldest_ = 0;    // the first seq in flight
  uint16_t resend_ = 0;    // the next seq to transmit; below next_seq_ after going back
  uint16_t next_seq_ = 0;  // the first seq never sent
  size_t window_bytes_ = 0;
  size_t allowed_bytes_ = 0;  // grows to window_bytes_ while ACKs arrive
  size_t flight_bytes_ = 0;   // encoded, of oldest_ to resend_
  size_t unasked_bytes_ = 0;  // sent since an ACK was asked for
  size_t fragment_ = kMaxFramePayload;
  size_t largest_message_ = 0;
  bool bulk_turn_ = false;
  bool timing_ = false;
  bool probe_ = false;
  uint16_t timed_seq_ = 0;
  base::Instant timed_at_{};
  base::Instant progress_at_{};
  base::Instant deadline_ = base::kNever;
};

}  // namespace protocol
