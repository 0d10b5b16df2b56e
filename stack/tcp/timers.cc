// The timers of a connection: three deadlines in one entry of the stack's timer queue. Moving a
// deadline later, or giving it up, is a store; the entry is put right when it comes up.
#include <algorithm>

#include "stack/stack.h"
#include "stack/tcp/connection.h"
#include "stack/tcp/limits.h"
#include "stack/tcp/tcp.h"

namespace stack {

using wire::TcpHeader;

void Connection::SetTimer(TimerKind kind, base::Instant deadline) {
  deadlines_[static_cast<size_t>(kind)] = deadline;
  if (deadline < timer_.deadline()) {
    stack_.timers().Arm(timer_, deadline);
  }
}

void Connection::RestartRetransmitTimer() { SetTimer(TimerKind::kRetransmit, now() + rtt_.rto()); }

void Connection::OnTimer(base::Instant at) {
  for (size_t i = 0; i < kTimerKinds; ++i) {
    if (deadlines_[i] <= at) {
      deadlines_[i] = base::kNever;
      OnTimerKind(static_cast<TimerKind>(i));
    }
  }
  const base::Instant next = std::ranges::min(deadlines_);
  if (next < timer_.deadline()) {
    stack_.timers().Arm(timer_, next);
  }
  tcp_.ReleaseIfDone(*this);
}

void Connection::OnTimerKind(TimerKind kind) {
  switch (kind) {
    case TimerKind::kRetransmit:
      return persisting_ ? OnPersistTimer() : OnRetransmitTimer();
    case TimerKind::kDelayedAck:
      return SendAck();
    case TimerKind::kIdle:
      return OnIdleTimer();
  }
}

// Something waits, nothing is in flight and nothing may leave: only a probe can find out that the
// window opened (RFC 9293 3.8.6.1), or that waiting for a larger one is no use (3.8.6.2.1).
void Connection::StartPersistIfStuck() {
  if (!IsArmed(TimerKind::kRetransmit) && snd_.nxt == snd_.una &&
      (!send_queue_.empty() || is_sending_fin())) {
    if (!persisting_ && snd_.una == snd_.max) {
      progress_at_ = now();
    }
    persisting_ = true;
    RestartRetransmitTimer();
  }
}

void Connection::OnPersistTimer() {
  if (GaveUp()) {
    return GiveUp();
  }
  rtt_.OnTimeout();
  SendProbe();
  if (!IsArmed(TimerKind::kRetransmit)) {
    RestartRetransmitTimer();
  }
}

// One octet of what waits, or what a small window takes. An octet beyond the window stays unsent in
// SND.NXT: unless the peer took it, it is sent again with the rest.
void Connection::SendProbe() {
  const auto queued = static_cast<uint32_t>(send_queue_.size());
  const uint32_t size = std::min({queued, uint32_t{snd_.mss}, std::max<uint32_t>(snd_.wnd, 1)});
  const bool fin = is_sending_fin() && size == queued && size < std::max<uint32_t>(snd_.wnd, 1);
  if (snd_.wnd != 0) {
    (void)SendNext({.size = size, .fin = fin, .push = true});
    return;
  }
  ++stack_.stats().tcp.tx_window_probes;
  const auto flags =
      static_cast<uint8_t>(TcpHeader::kAck | (fin ? TcpHeader::kFin : TcpHeader::kPsh));
  (void)Transmit(snd_.una, size, flags);
  snd_.max = Later(snd_.max, snd_.una + size + (fin ? 1 : 0));
}

void Connection::RestartIdleTimer() {
  if (state_ == TcpState::kTimeWait) {
    SetTimer(TimerKind::kIdle, now() + kTimeWait);
  } else if (state_ == TcpState::kFinWait2 && owner_ == Owner::kNobody) {
    SetTimer(TimerKind::kIdle, now() + kFinWait2Time);
  } else if (options_.keep_alive != base::Duration::zero()) {
    SetTimer(TimerKind::kIdle, now() + options_.keep_alive);
  }
}

void Connection::OnIdleTimer() {
  if (state_ == TcpState::kTimeWait ||
      (state_ == TcpState::kFinWait2 && owner_ == Owner::kNobody)) {
    return Terminate(base::Status::kOk);
  }
  if (state_ == TcpState::kEstablished || state_ == TcpState::kCloseWait ||
      state_ == TcpState::kFinWait2) {
    OnKeepAliveTimer();
  }
}

// RFC 9293 3.8.4. While something is in flight, its retransmission tells as much.
void Connection::OnKeepAliveTimer() {
  const base::Instant due = last_heard_ + options_.keep_alive;
  if (due > now()) {
    return SetTimer(TimerKind::kIdle, due);
  }
  if (snd_.una != snd_.max) {
    return SetTimer(TimerKind::kIdle, now() + kKeepAliveInterval);
  }
  if (keep_alive_probes_ == kKeepAliveProbes) {
    ++stack_.stats().tcp.aborted_keep_alive;
    SendReset();
    return Terminate(base::Status::kDeadlineExceeded);
  }
  ++keep_alive_probes_;
  ++stack_.stats().tcp.tx_keep_alives;
  (void)SendEmpty(snd_.nxt - 1, TcpHeader::kAck);
  SetTimer(TimerKind::kIdle, now() + kKeepAliveInterval);
}

}  // namespace stack
