// What an acceptable ACK does to the sender's side.
#include <algorithm>

#include "stack/stack.h"
#include "stack/tcp/connection.h"

namespace stack {

// `ack` is above SND.UNA and at most what was sent.
void Connection::OnNewAck(Sequence ack) {
  const uint32_t acked = ack - snd_.una;
  const uint32_t flight = snd_.max - snd_.una;
  const auto text = std::min(acked, static_cast<uint32_t>(send_queue_.size()));
  send_queue_.Acknowledge(text);
  bytes_acked_ += text;
  snd_.una = ack;
  snd_.nxt = Later(snd_.nxt, ack);
  progress_at_ = now();
  rtt_.ClearBackoff();
  if (timed_ && ack >= timed_end_) {
    timed_ = false;
    rtt_.OnSample(now() - timed_at_);
  }
  if (in_recovery_) {
    OnRecoveryAck(acked);
  } else {
    duplicate_acks_ = 0;
    congestion_.OnAck(acked, flight);
  }
  if (snd_.una == snd_.max) {
    CancelTimer(TimerKind::kRetransmit);
  } else {
    RestartRetransmitTimer();
  }
  if (acked > text) {
    OnFinAcknowledged();
  }
  changed_.Notify();
}

void Connection::OnFinAcknowledged() {
  switch (state_) {
    case TcpState::kFinWait1:
      EnterState(TcpState::kFinWait2);
      return RestartIdleTimer();
    case TcpState::kClosing:
      return EnterTimeWait();
    case TcpState::kLastAck:
      return Terminate(base::Status::kOk);
    default:
      return;
  }
}

// RFC 9293 3.10.7.4: an old segment must not move the window.
void Connection::UpdateSendWindow(const Segment& segment) {
  if (snd_.wl1 < segment.sequence ||
      (snd_.wl1 == segment.sequence && snd_.wl2 <= segment.acknowledgment)) {
    TakeSendWindow(segment);
  }
}

void Connection::TakeSendWindow(const Segment& segment) {
  snd_.wnd = segment.window;
  snd_.max_wnd = std::max(snd_.max_wnd, snd_.wnd);
  snd_.wl1 = segment.sequence;
  snd_.wl2 = segment.acknowledgment;
}

// RFC 5681 2. An answer to a window probe looks the same and is none.
bool Connection::IsDuplicateAck(const Segment& segment) const {
  return segment.acknowledgment == snd_.una && snd_.nxt != snd_.una && !persisting_ &&
         segment.length() == 0 && segment.window == snd_.wnd;
}

}  // namespace stack
