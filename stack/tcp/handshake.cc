// Opening: RFC 9293 3.5, 3.10.7.2 and 3.10.7.3.
#include <algorithm>

#include "stack/netif.h"
#include "stack/stack.h"
#include "stack/tcp/connection.h"
#include "stack/tcp/limits.h"
#include "stack/tcp/listener.h"
#include "stack/tcp/tcp.h"

namespace stack {

using base::Status;
using wire::TcpHeader;

void Connection::OpenActive(Sequence iss) {
  owner_ = Owner::kSocket;
  snd_.iss = snd_.una = snd_.nxt = snd_.max = recover_ = iss;
  state_ = TcpState::kSynSent;
  ++stack_.stats().tcp.active_opens;
  SendSyn();
}

void Connection::OpenPassive(Sequence iss, const Segment& syn, TcpListener& listener) {
  owner_ = Owner::kListener;
  listener_ = &listener;
  snd_.iss = snd_.una = snd_.nxt = snd_.max = recover_ = iss;
  TakePeerSyn(syn);
  state_ = TcpState::kSynReceived;
  ++stack_.stats().tcp.passive_opens;
  SendSyn();
}

void Connection::TakePeerSyn(const Segment& segment) {
  const uint32_t offered = rcv_.edge - rcv_.nxt;  // with our SYN, if that went first
  rcv_.irs = segment.sequence;
  rcv_.nxt = rcv_.acked = segment.sequence + 1;
  rcv_.edge = rcv_.nxt + offered;
  snd_.wnd = snd_.max_wnd = segment.window;
  snd_.wl1 = segment.sequence;
  snd_.wl2 = segment.acknowledgment;
  SetPeerMss(wire::ParseTcpOptions(segment.options).mss.value_or(kDefaultMss));
}

// RFC 9293 3.7.1; 0 means that the option said nothing.
void Connection::SetPeerMss(uint16_t mss) {
  const auto ours = static_cast<uint16_t>(route_.netif->mtu() - kTcpIpHeaderSize);
  snd_.mss = std::min(std::max(mss == 0 ? kDefaultMss : mss, kMinMss), ours);
}

// SYN or SYN,ACK, the first time or again. When it cannot leave now, the timer repeats it.
void Connection::SendSyn() {
  const uint8_t flags =
      state_ == TcpState::kSynSent ? TcpHeader::kSyn : TcpHeader::kSyn | TcpHeader::kAck;
  (void)SendEmpty(snd_.iss, flags, rcv_.mss);
  snd_.nxt = snd_.iss;
  NoteSent(1);
}

void Connection::OnSegmentInSynSent(const Segment& segment) {
  TcpStats& stats = stack_.stats().tcp;
  const bool has_ack = segment.has(TcpHeader::kAck);
  if (has_ack && segment.acknowledgment != snd_.max) {
    ++stats.rx_bad_ack;
    return tcp_.ReplyReset(id_, segment);
  }
  if (segment.has(TcpHeader::kRst)) {
    if (has_ack) {
      ++stats.rx_resets;
      Terminate(Status::kRefused);
    }
    return;
  }
  if (!segment.has(TcpHeader::kSyn)) {
    ++stats.rx_bad_flags;
    return;
  }
  TakePeerSyn(segment);
  if (!has_ack) {  // simultaneous open (RFC 9293 figure 8)
    timed_ = false;
    EnterState(TcpState::kSynReceived);
    return SendSyn();
  }
  BecomeEstablished(segment);
  ack_now_ = true;
  Output();
}

Verdict Connection::CheckHandshakeAck(const Segment& segment) {
  if (segment.acknowledgment != snd_.max) {
    ++stack_.stats().tcp.rx_bad_ack;
    return Verdict::kSendReset;
  }
  if (listener_ != nullptr && !listener_->MakeReady(*this)) {
    ++stack_.stats().tcp.rx_backlog_full;
    return Verdict::kDone;  // it asks again, and so do we
  }
  BecomeEstablished(segment);
  return Verdict::kContinue;
}

// `segment` acknowledges our SYN.
void Connection::BecomeEstablished(const Segment& segment) {
  const bool syn_lost = retransmits_ != 0;
  congestion_.Start(snd_.mss, syn_lost);
  if (timed_) {
    rtt_.OnSample(now() - timed_at_);
    timed_ = false;
  }
  rtt_.ClearBackoff();
  if (syn_lost) {
    rtt_.OnSynLost();
  }
  snd_.una = snd_.nxt = segment.acknowledgment;
  snd_.wnd = segment.window;
  snd_.max_wnd = std::max(snd_.max_wnd, snd_.wnd);
  snd_.wl1 = segment.sequence;
  snd_.wl2 = segment.acknowledgment;
  progress_at_ = now();
  CancelTimer(TimerKind::kRetransmit);
  ++stack_.stats().tcp.established;
  EnterState(TcpState::kEstablished);
  RestartIdleTimer();
  if (fin_requested_) {
    QueueFin();
  }
}

}  // namespace stack
