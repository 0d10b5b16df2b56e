#include "protocol/sender.h"

#include <algorithm>

namespace protocol {
namespace {

// Of the peer's buffer, for HELLO and ACK, which are sent whatever is in flight.
constexpr size_t kControlReserve = 128;
constexpr size_t kInitialWindow = 2048;
constexpr size_t kMaxFrameOverhead = kMaxEncodedFrame - kMaxFramePayload;
// A fragment grows by this with every frame that arrives, and halves with every loss.
constexpr size_t kFragmentStep = 32;
constexpr size_t kMinFragment = 64;
constexpr base::Duration kMinProbeInterval = std::chrono::milliseconds(200);
constexpr std::array kAllStreams{Stream::kRequests, Stream::kEvents, Stream::kBulk};

// After a loss what was sent may still stand in the peer's buffer while half a window is sent
// again: one and a half windows fit.
size_t WindowOf(uint32_t peer_buffer) {
  const size_t usable = peer_buffer - std::min<size_t>(peer_buffer, kControlReserve);
  return std::max(usable * 2 / 3, kMinFragment + kMaxFrameOverhead);
}

}  // namespace

Sender::Sender(const std::array<base::ByteSpan, kStreams>& rings, std::span<SentFrame> window,
               ChannelStats& stats)
    : queues_{SendQueue(rings[0]), SendQueue(rings[1]), SendQueue(rings[2])},
      window_(window),
      stats_(stats) {}

void Sender::Reset(uint32_t peer_buffer, size_t largest_message) {
  for (SendQueue& queue : queues_) {
    queue.Clear();
  }
  rtt_ = RttEstimator();
  oldest_ = resend_ = next_seq_ = 0;
  timing_ = false;
  probe_streams_ = 0;
  window_bytes_ = WindowOf(peer_buffer);
  fragment_ = largest_fragment();
  allowed_bytes_ = std::min(window_bytes_, kInitialWindow);
  flight_bytes_ = unasked_bytes_ = 0;
  largest_message_ = std::min<size_t>(largest_message, 0xffff);
  retransmit_at_ = probe_at_ = base::kNever;
}

size_t Sender::largest_fragment() const {
  return std::min(kMaxFramePayload, window_bytes_ - kMaxFrameOverhead);
}

base::Status Sender::Send(Stream stream, base::ConstByteSpan message) {
  SendQueue& queue = queue_of(stream);
  if (message.empty() || message.size() > std::min(largest_message_, queue.capacity())) {
    return base::Status::kInvalidArgument;
  }
  if (message.size() > queue.room()) {
    return base::Status::kUnavailable;
  }
  queue.Append(message);
  return base::Status::kOk;
}

size_t Sender::room(Stream stream) const {
  return std::min(queue_of(stream).room(), largest_message_);
}

bool Sender::all_acknowledged() const {
  return std::ranges::all_of(queues_, &SendQueue::all_acknowledged);
}

bool Sender::has_frame() const {
  if (resend_ == next_seq_) {
    return PickStream().has_value();
  }
  const SentFrame& frame = At(resend_);
  return FitsWindow(frame.stream, frame.fragment.length);
}

std::optional<Sender::Outgoing> Sender::Next(base::Instant now) {
  if (!has_frame()) {
    return std::nullopt;
  }
  const bool again = resend_ != next_seq_;
  if (again) {
    ++stats_.tx_retransmits;
  } else {
    CutFrame(*PickStream(), now);
  }
  if (retransmit_at_ == base::kNever) {
    retransmit_at_ = now + rtt_.timeout();
  }
  const SentFrame& frame = At(resend_);
  flight_bytes_ += EncodedSizeBound(frame.fragment.length);
  Outgoing out{.header = {.type = FrameType::kData, .stream = frame.stream, .seq = resend_},
               .payload = queue_of(frame.stream).Payload(frame.fragment),
               .again = again};
  out.header.flags = static_cast<uint8_t>((frame.fragment.more ? kFlagMore : 0) |
                                          (ShouldAskForAck(frame) ? kFlagAckNow : 0));
  ++resend_;
  return out;
}

// A quarter of the window is for requests and responses, so that bulk in flight does not hold them
// up for a round trip. One frame is always allowed.
bool Sender::FitsWindow(Stream stream, size_t payload) const {
  const size_t reserve = stream == Stream::kRequests ? 0 : allowed_bytes_ / 4;
  return flight_bytes_ == 0 ||
         flight_bytes_ + EncodedSizeBound(payload) <= allowed_bytes_ - reserve;
}

bool Sender::CanCut(Stream stream) const {
  const SendQueue& queue = queue_of(stream);
  const size_t size = queue.FragmentSize(fragment_);
  const size_t reserve = stream == Stream::kRequests ? 0 : window_.size() / 4;
  return size != 0 && queue.HasCredit(fragment_) && in_flight() < window_.size() - reserve &&
         FitsWindow(stream, size);
}

std::optional<Stream> Sender::PickStream() const {
  const Stream second = bulk_turn_ ? Stream::kBulk : Stream::kEvents;
  const Stream third = bulk_turn_ ? Stream::kEvents : Stream::kBulk;
  for (const Stream stream : {Stream::kRequests, second, third}) {
    if (CanCut(stream)) {
      return stream;
    }
  }
  return std::nullopt;
}

void Sender::CutFrame(Stream stream, base::Instant now) {
  if (in_flight() == 0) {
    progress_at_ = now;
  }
  if (stream != Stream::kRequests) {
    bulk_turn_ = stream == Stream::kEvents;
  }
  if (!timing_) {
    timing_ = true;
    timed_seq_ = next_seq_;
    timed_at_ = now;
  }
  At(next_seq_) = {.fragment = queue_of(stream).Cut(fragment_), .stream = stream};
  ++next_seq_;
}

// Once for each half of what can be in flight: often enough to keep the sender going, and no more,
// because the other direction may be far slower.
bool Sender::ShouldAskForAck(const SentFrame& frame) {
  const size_t encoded = EncodedSizeBound(frame.fragment.length);
  const size_t window =
      std::min({allowed_bytes_, queue_of(frame.stream).capacity(), window_.size() * encoded});
  unasked_bytes_ += encoded;
  if (unasked_bytes_ < window / 2) {
    return false;
  }
  unasked_bytes_ = 0;
  return true;
}

void Sender::OnHeader(const FrameHeader& header, base::Instant now) {
  queue_of(header.stream).Grant(header.credit);
  OnAck(header.ack, now);
  if ((header.flags & kFlagGap) != 0 && header.ack == oldest_ && resend_ != oldest_) {
    GoBack();
    allowed_bytes_ /= 2;
  }
}

void Sender::OnAck(uint16_t ack, base::Instant now) {
  const auto count = static_cast<uint16_t>(ack - oldest_);
  if (count == 0 || count > in_flight()) {
    return;
  }
  if (timing_ && static_cast<uint16_t>(timed_seq_ - oldest_) < count) {
    timing_ = false;
    rtt_.OnSample(now - timed_at_);
  }
  for (; oldest_ != ack; ++oldest_) {
    const SentFrame& frame = At(oldest_);
    const size_t encoded = EncodedSizeBound(frame.fragment.length);
    queue_of(frame.stream).Acknowledge(frame.fragment);
    if (oldest_ == resend_) {
      ++resend_;  // It had arrived before it was to be sent again.
    } else {
      flight_bytes_ -= encoded;
    }
    allowed_bytes_ = std::min(window_bytes_, allowed_bytes_ + encoded);
    fragment_ = std::min(largest_fragment(), fragment_ + kFragmentStep);
  }
  progress_at_ = now;
  retransmit_at_ = in_flight() != 0 ? now + rtt_.timeout() : base::kNever;
}

// Everything from the oldest frame on is sent again. New frames are cut smaller: on a noisy line
// short ones get through where long ones do not.
void Sender::GoBack() {
  resend_ = oldest_;
  flight_bytes_ = unasked_bytes_ = 0;
  timing_ = false;
  fragment_ = std::max(kMinFragment, fragment_ / 2);
}

void Sender::OnTimer(base::Instant now) {
  if (now >= retransmit_at_) {
    GoBack();
    allowed_bytes_ = 0;  // One frame, until the peer is heard to take it.
    rtt_.BackOff();
    retransmit_at_ = now + rtt_.timeout();
  }
  CheckCredit(now);
}

void Sender::CheckCredit(base::Instant now) {
  uint8_t waiting = 0;
  for (const Stream stream : kAllStreams) {
    if (!queue_of(stream).HasCredit(fragment_)) {
      waiting = static_cast<uint8_t>(waiting | 1 << static_cast<int>(stream));
    }
  }
  if (waiting == 0) {
    probe_at_ = base::kNever;
  } else if (probe_at_ == base::kNever || now >= probe_at_) {
    probe_streams_ = probe_at_ == base::kNever ? uint8_t{0} : waiting;
    probe_at_ = now + std::max(kMinProbeInterval, rtt_.timeout());
  }
}

Stream Sender::TakeProbe() {
  const int stream = std::countr_zero(probe_streams_);
  probe_streams_ = static_cast<uint8_t>(probe_streams_ & (probe_streams_ - 1));
  return static_cast<Stream>(stream);
}

base::Duration Sender::Stalled(base::Instant now) const {
  return in_flight() == 0 ? base::Duration(0) : now - progress_at_;
}

}  // namespace protocol
