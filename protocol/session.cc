#include "protocol/session.h"

#include <algorithm>

namespace protocol {
namespace {

constexpr base::Duration kFirstHelloInterval = std::chrono::milliseconds(200);
constexpr base::Duration kLastHelloInterval = std::chrono::seconds(1);
// A prompt without an end of line is shown after this much silence.
constexpr base::Duration kTextDelay = std::chrono::milliseconds(50);

// The layout of HELLO and HELLO_REPLY never changes, so that versions can tell each other apart.
bool IsUnderstood(const FrameHeader& header) {
  if (header.type == FrameType::kHello || header.type == FrameType::kHelloReply) {
    return true;
  }
  return header.version == kVersion && header.type >= FrameType::kData &&
         header.type <= FrameType::kBye && static_cast<size_t>(header.stream) < kStreams;
}

}  // namespace

Session::Session(Role role, const SessionBuffers& buffers, TextSink& text, ChannelStats& stats)
    : role_(role),
      stats_(stats),
      decoder_(text, stats),
      sender_(buffers.send, buffers.window, stats),
      receiver_(buffers.receive, buffers.message, stats) {}

void Session::Connect(uint32_t session_id, const Hello& hello, base::Instant now) {
  End(SessionState::kConnecting, EndReason::kNone);
  session_id_ = session_id;
  hello_ = hello;
  busy_ = {};
  bye_due_ = false;
  hello_count_ = 0;
  connecting_since_ = now;
  hello_at_ = now;
  PollConnecting(now);
}

void Session::Close() {
  bye_due_ = role_ == Role::kHost &&
             (state_ == SessionState::kEstablished || state_ == SessionState::kConnecting);
  End(SessionState::kIdle, EndReason::kClosed);
}

void Session::End(SessionState state, EndReason reason) {
  if (role_ == Role::kAgent && state_ == SessionState::kEstablished) {
    ended_ids_[ended_next_ % ended_ids_.size()] = session_id_;
    ++ended_next_;
    receiver_.Reset();  // What was asked and not yet done is not done any more.
  }
  state_ = state;
  end_reason_ = reason;
  hello_due_ = false;
}

void Session::set_busy_holder(std::string_view holder) {
  busy_.holder = holder;
  busy_set_ = true;
}

void Session::ClearBusy() { busy_set_ = false; }

base::Status Session::Send(Stream stream, base::ConstByteSpan message) {
  return state_ == SessionState::kEstablished ? sender_.Send(stream, message)
                                              : base::Status::kClosed;
}

void Session::OnBytes(base::ConstByteSpan bytes, base::Instant now) {
  bytes_at_ = now;
  while (!bytes.empty()) {
    std::optional<Frame> frame;
    bytes = bytes.subspan(decoder_.Push(bytes, frame));
    if (frame) {
      OnFrame(*frame, now);
    }
  }
}

void Session::OnFrame(const Frame& frame, base::Instant now) {
  ++stats_.rx_frames;
  if (!IsUnderstood(frame.header)) {
    ++stats_.rx_bad_version;
  } else if (role_ == Role::kHost) {
    OnFrameAsHost(frame, now);
  } else {
    OnFrameAsAgent(frame, now);
  }
}

void Session::OnFrameAsHost(const Frame& frame, base::Instant now) {
  if (frame.header.session != session_id_) {
    ++stats_.rx_other_session;
    return;
  }
  switch (frame.header.type) {
    case FrameType::kHelloReply:
      OnHelloReply(frame, now);
      break;
    case FrameType::kBusy:
      OnBusy(frame);
      break;
    case FrameType::kUnknownSession:
      if (state_ == SessionState::kEstablished) {
        End(SessionState::kDead, EndReason::kRestarted);
      }
      break;
    case FrameType::kData:
    case FrameType::kAck:
      OnSessionFrame(frame, now);
      break;
    default:
      break;  // HELLO and BYE: our own, echoed by the line.
  }
}

void Session::OnFrameAsAgent(const Frame& frame, base::Instant now) {
  const bool ours = state_ == SessionState::kEstablished && frame.header.session == session_id_;
  switch (frame.header.type) {
    case FrameType::kHello:
      OnHello(frame, now);
      break;
    case FrameType::kData:
    case FrameType::kAck:
      if (ours) {
        OnSessionFrame(frame, now);
      } else {
        ++stats_.rx_other_session;
        refused_id_ = frame.header.session;
      }
      break;
    case FrameType::kBye:
      if (ours) {
        End(SessionState::kIdle, EndReason::kClosed);
      }
      break;
    default:
      break;  // Our own, echoed by the line.
  }
}

void Session::OnHello(const Frame& frame, base::Instant now) {
  const auto hello = base::Decode<Hello, base::kMessageOrder>(frame.payload);
  const uint32_t id = frame.header.session;
  if (!hello) {
    ++stats_.rx_bad_length;
    return;
  }
  if (state_ == SessionState::kEstablished && id == session_id_) {
    heard_at_ = now;
    hello_due_ = true;  // The reply was lost, or is slow.
    return;
  }
  if (id == 0 || std::ranges::find(ended_ids_, id) != ended_ids_.end()) {
    ++stats_.rx_other_session;
    return;
  }
  if (busy_set_ && !hello->takeover) {
    refused_id_ = id;
    return;
  }
  End(SessionState::kEstablished, EndReason::kNone);
  busy_set_ = false;
  hello_ = *hello;
  session_id_ = id;
  ++generation_;
  hello_due_ = true;
  Establish(hello->receive_buffer, SIZE_MAX, now);
}

void Session::OnHelloReply(const Frame& frame, base::Instant now) {
  if (state_ != SessionState::kConnecting) {
    return;
  }
  const auto reply = base::Decode<HelloReply, base::kMessageOrder>(frame.payload);
  if (!reply) {
    ++stats_.rx_bad_length;
    return;
  }
  reply_ = *reply;
  if (reply->protocol_version != hello_.protocol_version ||
      reply->schema_hash != hello_.schema_hash) {
    bye_due_ = true;
    End(SessionState::kWrongVersion, EndReason::kNone);
    return;
  }
  End(SessionState::kEstablished, EndReason::kNone);
  Establish(reply->receive_buffer, reply->largest_message, now);
  if (hello_count_ == 1) {
    sender_.OnHandshake(now - connecting_since_);
  }
}

void Session::Establish(uint32_t peer_buffer, size_t largest_message, base::Instant now) {
  sender_.Reset(peer_buffer, largest_message);
  receiver_.Reset();
  asking_ = false;
  heard_at_ = now;
  heartbeat_at_ = now + kHeartbeat;
}

void Session::OnBusy(const Frame& frame) {
  const auto busy = base::Decode<Busy, base::kMessageOrder>(frame.payload);
  if (!busy) {
    ++stats_.rx_bad_length;
    return;
  }
  if (state_ == SessionState::kConnecting) {
    busy_ = *busy;
    End(SessionState::kBusy, EndReason::kNone);
  } else if (state_ == SessionState::kEstablished) {
    busy_ = *busy;
    End(SessionState::kDead, EndReason::kTakenOver);
  }
}

void Session::OnSessionFrame(const Frame& frame, base::Instant now) {
  if (state_ != SessionState::kEstablished) {
    return;
  }
  heard_at_ = now;
  sender_.OnHeader(frame.header, now);
  if (frame.header.type == FrameType::kData) {
    receiver_.OnData(frame, now);
  }
  if ((frame.header.flags & kFlagAckNow) != 0) {
    receiver_.RequestAck(frame.header.stream);
  }
}

base::Instant Session::Poll(base::Instant now) {
  if (decoder_.has_text() && now >= bytes_at_ + kTextDelay) {
    decoder_.FlushText();
  }
  if (state_ == SessionState::kConnecting) {
    PollConnecting(now);
  } else if (state_ == SessionState::kEstablished) {
    PollEstablished(now);
  }
  return NextDeadline();
}

void Session::PollConnecting(base::Instant now) {
  if (now >= connecting_since_ + kConnectTimeout) {
    End(SessionState::kDead, EndReason::kPeerSilent);
  } else if (now >= hello_at_) {
    hello_due_ = true;
    const base::Duration interval = kFirstHelloInterval * (1 << std::min<int>(hello_count_, 3));
    hello_at_ = now + std::min<base::Duration>(interval, kLastHelloInterval);
    ++hello_count_;
  }
}

void Session::PollEstablished(base::Instant now) {
  const SessionState ended = role_ == Role::kHost ? SessionState::kDead : SessionState::kIdle;
  if (now >= heard_at_ + kLease) {
    End(ended, EndReason::kPeerSilent);
    return;
  }
  sender_.OnTimer(now);
  receiver_.OnTimer(now);
  if (sender_.Stalled(now) >= kProgressTimeout) {
    End(ended, EndReason::kNoProgress);
  } else if (now >= heartbeat_at_) {
    asking_ = now >= heard_at_ + kUneasySilence;
    heartbeat_at_ = now + (asking_ ? kUrgentHeartbeat : kHeartbeat);
    receiver_.RequestAllAcks();
  }
}

base::Instant Session::NextDeadline() const {
  const base::Instant text = decoder_.has_text() ? bytes_at_ + kTextDelay : base::kNever;
  if (state_ == SessionState::kConnecting) {
    return std::min({text, hello_at_, connecting_since_ + kConnectTimeout});
  }
  if (state_ != SessionState::kEstablished) {
    return text;
  }
  return std::min(
      {text, heartbeat_at_, heard_at_ + kLease, sender_.deadline(), receiver_.deadline()});
}

}  // namespace protocol
