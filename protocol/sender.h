// The sending half of a session: a window of frames in flight over the queues of all streams.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "protocol/frame.h"
#include "protocol/rtt_estimator.h"
#include "protocol/send_queue.h"
#include "stack/base/bytes.h"
#include "stack/base/result.h"
#include "stack/base/time.h"

namespace protocol {

// A DATA frame in flight.
struct SentFrame {
  Fragment fragment;
  Stream stream = Stream::kRequests;
};

// Go-back-N. Requests go first, events and bulk take turns. Encoded bytes in flight stay below the
// peer's buffer, bytes of a stream below the peer's credit for it.
//
//   seq:   oldest          resend            next
//          | transmitted   | to be sent again | not cut yet
class Sender {
 public:
  // A DATA frame to encode; its payload stays valid until the next call.
  struct Outgoing {
    FrameHeader header;  // type, flags, stream and seq
    ByteRing::Parts payload;
    bool again = false;
  };

  // `window` has a power of two of entries, at least 4.
  Sender(const std::array<base::ByteSpan, kStreams>& rings, std::span<SentFrame> window,
         ChannelStats& stats);

  // A new session: forgets everything. `peer_buffer` and `largest_message` are the peer's.
  void Reset(uint32_t peer_buffer, size_t largest_message);

  // As Session::Send and Session::room.
  base::Status Send(Stream stream, base::ConstByteSpan message);
  size_t room(Stream stream) const;
  bool all_acknowledged() const;

  bool has_frame() const;
  // The next frame to send or to send again, if window, credit and queues allow one.
  std::optional<Outgoing> Next(base::Instant now);
  // The header of any DATA or ACK frame of this session.
  void OnHeader(const FrameHeader& header, base::Instant now);

  void OnTimer(base::Instant now);
  base::Instant deadline() const { return base::Earlier(retransmit_at_, probe_at_); }
  // A stream whose grant seems to be lost, and has to be asked for.
  bool has_probe() const { return probe_streams_ != 0; }
  Stream TakeProbe();

  // How long nothing in flight has been acknowledged.
  base::Duration Stalled(base::Instant now) const;
  void OnHandshake(base::Duration sample) { rtt_.OnHandshake(sample); }
  const RttEstimator& rtt() const { return rtt_; }

 private:
  SentFrame& At(uint16_t seq) { return window_[seq & (window_.size() - 1)]; }
  const SentFrame& At(uint16_t seq) const { return window_[seq & (window_.size() - 1)]; }
  SendQueue& queue_of(Stream stream) { return queues_[static_cast<size_t>(stream)]; }
  const SendQueue& queue_of(Stream stream) const { return queues_[static_cast<size_t>(stream)]; }
  uint16_t in_flight() const { return static_cast<uint16_t>(next_seq_ - oldest_); }
  size_t largest_fragment() const;
  bool FitsWindow(Stream stream, size_t payload) const;
  bool CanCut(Stream stream) const;
  std::optional<Stream> PickStream() const;
  void CutFrame(Stream stream, base::Instant now);
  bool ShouldAskForAck(const SentFrame& frame);
  void OnAck(uint16_t ack, base::Instant now);
  void GoBack();
  void CheckCredit(base::Instant now);

  std::array<SendQueue, kStreams> queues_;
  std::span<SentFrame> window_;
  ChannelStats& stats_;
  RttEstimator rtt_;
  uint16_t oldest_ = 0;
  uint16_t resend_ = 0;
  uint16_t next_seq_ = 0;
  uint16_t timed_seq_ = 0;
  bool timing_ = false;  // timed_seq_ was sent once, at timed_at_
  bool bulk_turn_ = false;
  uint8_t probe_streams_ = 0;  // a bit per stream
  size_t fragment_ = kMaxFramePayload;
  size_t window_bytes_ = 0;
  size_t allowed_bytes_ = 0;  // grows to window_bytes_ while ACKs arrive
  size_t flight_bytes_ = 0;   // encoded, from oldest_ to resend_
  size_t unasked_bytes_ = 0;  // sent since an ACK was asked for
  size_t largest_message_ = 0;
  base::Instant timed_at_{};
  base::Instant progress_at_{};
  base::Instant retransmit_at_ = base::kNever;
  base::Instant probe_at_ = base::kNever;
};

}  // namespace protocol
