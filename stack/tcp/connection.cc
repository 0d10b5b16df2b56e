#include "stack/tcp/connection.h"

#include <algorithm>

#include "stack/netif.h"
#include "stack/stack.h"
#include "stack/tcp/limits.h"
#include "stack/tcp/listener.h"
#include "stack/tcp/tcp.h"

namespace stack {

using base::Status;

Connection::Connection(Tcp& tcp, const ConnectionId& id, const Route& route,
                       const TcpOptions& options)
    : tcp_(tcp),
      stack_(tcp.stack()),
      id_(id),
      route_(route),
      options_(options),
      changed_(stack_.executor()),
      timer_(*this) {
  deadlines_.fill(base::kNever);
  rcv_.mss = static_cast<uint16_t>(route.netif->mtu() - kTcpIpHeaderSize);
  last_heard_ = now();
  progress_at_ = now();
  const size_t frames = route.netif->driver().capabilities().receive_window_frames;
  window_limit_ = static_cast<uint32_t>(std::min(options.receive_buffer, kMaxWindow));
  if (frames != 0) {
    window_limit_ = std::min(window_limit_, static_cast<uint32_t>(frames * rcv_.mss));
  }
}

base::Instant Connection::now() const { return stack_.now(); }

bool Connection::can_receive_text() const {
  return state_ == TcpState::kEstablished || state_ == TcpState::kFinWait1 ||
         state_ == TcpState::kFinWait2;
}

bool Connection::is_sending_fin() const {
  return state_ == TcpState::kFinWait1 || state_ == TcpState::kClosing ||
         state_ == TcpState::kLastAck;
}

void Connection::EnterState(TcpState state) {
  state_ = state;
  changed_.Notify();
}

// The FIN of the peer is acknowledged and so is ours: only a lost last ACK is left to repeat.
void Connection::EnterTimeWait() {
  CancelTimer(TimerKind::kRetransmit);
  EnterState(TcpState::kTimeWait);
  RestartIdleTimer();
  if (owner_ == Owner::kNobody) {
    tcp_.NoteRecyclable(*this);
  }
}

void Connection::Terminate(Status why) {
  if (state_ == TcpState::kClosed) {
    return;
  }
  LeaveListener();
  tcp_.Forget(*this);
  end_status_ = why;
  send_queue_.Clear();
  reassembly_.Clear();
  if (why != Status::kOk || owner_ == Owner::kNobody) {
    receive_queue_.Clear();
  }
  deadlines_.fill(base::kNever);
  stack_.timers().Cancel(timer_);
  EnterState(TcpState::kClosed);
}

// The listener's lists hold connections that no socket has yet.
void Connection::LeaveListener() {
  if (listener_ == nullptr) {
    return;
  }
  listener_->Remove(*this, state_ == TcpState::kSynReceived);
  listener_ = nullptr;
  owner_ = Owner::kNobody;
}

void Connection::OnAccepted() {
  listener_ = nullptr;
  owner_ = Owner::kSocket;
}

Status Connection::end_status() const {
  return end_status_ == Status::kOk ? Status::kClosed : end_status_;
}

TcpInfo Connection::info() const {
  return {.local = {id_.local_ip, id_.local_port},
          .remote = {id_.remote_ip, id_.remote_port},
          .state = state_,
          .orphan = owner_ == Owner::kNobody,
          .receive_queued = static_cast<uint32_t>(receive_queue_.size()),
          .out_of_order = static_cast<uint32_t>(reassembly_.size()),
          .send_queued = static_cast<uint32_t>(send_queue_.size()),
          .in_flight = snd_.max - snd_.una,
          .receive_window = rcv_.edge - rcv_.nxt,
          .send_window = snd_.wnd,
          .congestion_window = congestion_.window(),
          .slow_start_threshold = congestion_.threshold(),
          .send_mss = snd_.mss,
          .receive_mss = rcv_.mss,
          .rto_us = static_cast<uint32_t>(rtt_.rto().count()),
          .rtt_us = rtt_.srtt_us(),
          .rttvar_us = rtt_.rttvar_us(),
          .backoff = rtt_.backoff(),
          .retransmits = retransmits_,
          .bytes_acked = bytes_acked_,
          .bytes_received = bytes_received_};
}

}  // namespace stack
