#include "protocol/receiver.h"

#include <bit>

namespace protocol {
namespace {

constexpr std::array kAllStreams{Stream::kRequests, Stream::kEvents, Stream::kBulk};

}  // namespace

Receiver::Receiver(const std::array<base::ByteSpan, kStreams>& rings, base::ByteSpan message,
                   ChannelStats& stats)
    : queues_{ReceiveQueue(rings[0]), ReceiveQueue(rings[1]), ReceiveQueue(rings[2])},
      message_(message),
      stats_(stats) {}

void Receiver::Reset() {
  for (ReceiveQueue& queue : queues_) {
    queue.Clear();
  }
  expected_ = 0;
  in_gap_ = gap_due_ = holding_ = false;
  ack_at_ = base::kNever;
  due_ = 0;
  RequestAllAcks();
}

void Receiver::RequestAllAcks() {
  for (const Stream stream : kAllStreams) {
    if (queue_of(stream).accepts_data()) {
      RequestAck(stream);
    }
  }
}

void Receiver::OnData(const Frame& frame, base::Instant now) {
  const auto ahead = static_cast<int16_t>(frame.header.seq - expected_);
  if (ahead > 0) {
    OnOutOfOrder(frame.header.seq);
    return;
  }
  if (ahead < 0) {
    ++stats_.rx_duplicate;
    RequestAck(frame.header.stream);
    return;
  }
  const bool more = (frame.header.flags & kFlagMore) != 0;
  switch (queue_of(frame.header.stream).Append(frame.payload, more, message_.size())) {
    case ReceiveQueue::Outcome::kNoCredit:
      ++stats_.rx_no_credit;
      return;
    case ReceiveQueue::Outcome::kTooLong:
      ++stats_.rx_too_long;
      break;
    case ReceiveQueue::Outcome::kTaken:
      break;
  }
  ++expected_;
  in_gap_ = gap_due_ = false;
  last_stream_ = frame.header.stream;
  ack_at_ = base::Earlier(ack_at_, now + kAckDelay);
  AdvertiseIfWorthwhile(frame.header.stream);
}

// Reported once for each time that the peer sends past the gap: later frames of the same flight
// were on their way already.
void Receiver::OnOutOfOrder(uint16_t seq) {
  ++stats_.rx_out_of_order;
  if (!in_gap_ || static_cast<int16_t>(seq - gap_seq_) <= 0) {
    gap_due_ = true;
    RequestAck(last_stream_);
  }
  in_gap_ = true;
  gap_seq_ = seq;
}

bool Receiver::Receive(ReceivedMessage& out) {
  if (holding_) {
    return false;
  }
  for (const Stream stream : kAllStreams) {
    if (const auto size = queue_of(stream).Take(message_)) {
      held_ = {stream, message_.first(*size)};
      holding_ = true;
      out = held_;
      return true;
    }
  }
  return false;
}

void Receiver::Release() {
  if (holding_) {
    holding_ = false;
    queue_of(held_.stream).Release(held_.bytes.size());
    AdvertiseIfWorthwhile(held_.stream);
  }
}

void Receiver::AdvertiseIfWorthwhile(Stream stream) {
  if (queue_of(stream).ShouldAdvertise()) {
    RequestAck(stream);
  }
}

void Receiver::OnTimer(base::Instant now) {
  if (now >= ack_at_) {
    ack_at_ = base::kNever;
    RequestAck(last_stream_);
  }
}

FrameHeader Receiver::TakeAck() {
  FrameHeader header{.type = FrameType::kAck,
                     .flags = gap_due_ ? kFlagGap : uint8_t{0},
                     .stream = static_cast<Stream>(std::countr_zero(due_))};
  gap_due_ = false;
  return header;
}

void Receiver::Stamp(FrameHeader& header) {
  header.ack = expected_;
  header.credit = queue_of(header.stream).grant();
  queue_of(header.stream).OnAdvertised();
  due_ = static_cast<uint8_t>(due_ & ~Bit(header.stream));
  ack_at_ = base::kNever;
}

}  // namespace protocol
