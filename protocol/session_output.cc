// What a session sends, and in which order.
#include <algorithm>

#include "protocol/session.h"

namespace protocol {
namespace {

// A line that was idle for longer may have picked up noise: the next frame begins with a delimiter.
constexpr base::Duration kIdleLine = std::chrono::milliseconds(20);

}  // namespace

size_t Session::TakeOutput(base::ByteSpan out, base::Instant now) {
  size_t taken = 0;
  while (taken < out.size()) {
    if (!has_partial_frame() && !StageNext(now)) {
      break;
    }
    const size_t count = std::min<size_t>(out.size() - taken, staged_end_ - staged_begin_);
    std::copy_n(staged_.begin() + staged_begin_, count,
                out.begin() + static_cast<ptrdiff_t>(taken));
    staged_begin_ = static_cast<uint16_t>(staged_begin_ + count);
    taken += count;
    taken_at_ = now;
  }
  stats_.tx_bytes += taken;
  return taken;
}

bool Session::has_output() const {
  if (has_partial_frame() || hello_due_ || bye_due_ || refused_id_ != 0) {
    return true;
  }
  return state_ == SessionState::kEstablished &&
         (receiver_.has_ack() || sender_.has_probe() || sender_.has_frame());
}

bool Session::StageNext(base::Instant now) {
  return StageControl(now) || (state_ == SessionState::kEstablished && StageEstablished(now));
}

bool Session::StageControl(base::Instant now) {
  if (hello_due_) {
    hello_due_ = false;
    StageHello(now);
    return true;
  }
  if (bye_due_) {
    bye_due_ = false;
    Stage({.type = FrameType::kBye, .session = session_id_}, {}, now);
    return true;
  }
  if (refused_id_ != 0) {
    const uint32_t id = std::exchange(refused_id_, 0);
    if (busy_set_) {
      StageWithPayload(FrameType::kBusy, id, busy_, now);
    } else {
      Stage({.type = FrameType::kUnknownSession, .session = id}, {}, now);
    }
    return true;
  }
  return false;
}

void Session::StageHello(base::Instant now) {
  if (role_ == Role::kHost) {
    StageWithPayload(FrameType::kHello, session_id_, hello_, now);
  } else {
    StageWithPayload(FrameType::kHelloReply, session_id_, reply_, now);
  }
}

// ACKs that are due go before data, or bulk would hold them up for ever. What is sent again is no
// sign of life: it may be too long for a line that short ACKs still get through.
bool Session::StageEstablished(base::Instant now) {
  FrameHeader header;
  ByteRing::Parts payload;
  bool is_new = true;
  if (receiver_.has_ack()) {
    header = receiver_.TakeAck();
    header.flags |= std::exchange(asking_, false) ? kFlagAckNow : uint8_t{0};
  } else if (sender_.has_probe()) {
    header = {.type = FrameType::kAck, .flags = kFlagAckNow, .stream = sender_.TakeProbe()};
  } else if (const auto data = sender_.Next(now)) {
    header = data->header;
    payload = data->payload;
    is_new = !data->again;
  } else {
    return false;
  }
  header.session = session_id_;
  receiver_.Stamp(header);
  Stage(header, payload, now);
  if (is_new && now < heard_at_ + kUneasySilence) {
    heartbeat_at_ = std::max(heartbeat_at_, now + kHeartbeat);
  }
  return true;
}

template <base::Described T>
void Session::StageWithPayload(FrameType type, uint32_t session, const T& payload,
                               base::Instant now) {
  static_assert(base::kMaxWireSize<T> <= kMaxFramePayload);
  std::array<std::byte, base::kMaxWireSize<T>> bytes;
  const size_t size = base::Encode<base::kMessageOrder>(payload, base::ByteSpan(bytes)).value_or(0);
  Stage({.type = type, .session = session}, {base::ConstByteSpan(bytes).first(size)}, now);
}

void Session::Stage(FrameHeader header, const ByteRing::Parts& payload, base::Instant now) {
  const bool delimited = line_is_delimited_ && now - taken_at_ < kIdleLine;
  staged_end_ = static_cast<uint16_t>(
      EncodeFrame(header, payload[0], payload[1],
                  delimited ? LeadingDelimiter::kOmit : LeadingDelimiter::kWrite, staged_));
  staged_begin_ = 0;
  line_is_delimited_ = true;
  ++stats_.tx_frames;
}

}  // namespace protocol
