// Losses: fast retransmit and fast recovery (RFC 5681 3.2, RFC 6582), and the timeout.
#include <algorithm>

#include "stack/stack.h"
#include "stack/tcp/connection.h"
#include "stack/tcp/limits.h"
#include "stack/tcp/tcp.h"

namespace stack {

using wire::TcpHeader;

// The first two let new segments out (RFC 3042, in UsableWindow), the third means a loss, unless
// these are echoes of a recovery that is over (RFC 6582 3.2 step 1).
void Connection::OnDuplicateAck() {
  duplicate_acks_ = static_cast<uint8_t>(std::min(duplicate_acks_ + 1, 255));
  if (in_recovery_) {
    return congestion_.Inflate();
  }
  if (duplicate_acks_ != kDuplicateThreshold || snd_.una < recover_) {
    return;
  }
  in_recovery_ = true;
  recover_ = snd_.max;
  // Without what limited transmit added (RFC 5681 3.2 step 2).
  congestion_.EnterRecovery(std::min(snd_.nxt - snd_.una, congestion_.window()));
  ++stack_.stats().tcp.tx_fast_retransmits;
  RetransmitHead();
  RestartRetransmitTimer();
}

// RFC 6582 3.2 step 3: either everything that was out is acknowledged, or the next gap is known.
void Connection::OnRecoveryAck(uint32_t acked) {
  if (snd_.una >= recover_) {
    in_recovery_ = false;
    duplicate_acks_ = 0;
    congestion_.ExitRecovery(snd_.max - snd_.una);
    return;
  }
  congestion_.Deflate(acked);
  RetransmitHead();
}

// Sends the oldest segment again, apart from what may be sent next. When it cannot leave now, the
// timer will do it.
void Connection::RetransmitHead() {
  const uint32_t sent = snd_.max - snd_.una;
  const auto queued = static_cast<uint32_t>(send_queue_.size());
  const uint32_t size = std::min({sent, queued, uint32_t{snd_.mss}});
  uint8_t flags = TcpHeader::kAck;
  if (is_sending_fin() && size == queued && sent > queued) {
    flags |= TcpHeader::kFin;
  }
  NoteRetransmission();
  (void)Transmit(snd_.una, size, flags);
}

void Connection::NoteRetransmission() {
  timed_ = false;  // Karn: nobody knows which of the two was acknowledged (RFC 6298 3)
  ++retransmits_;
  ++stack_.stats().tcp.tx_retransmits;
}

bool Connection::GaveUp() const {
  base::Duration limit = kTcpR2;
  base::Instant since = progress_at_;
  if (options_.user_timeout != base::Duration::zero()) {
    limit = options_.user_timeout;
  } else if (state_ == TcpState::kSynSent) {
    limit = kTcpSynR2;
  } else if (state_ == TcpState::kSynReceived) {
    limit = kSynReceivedTime;
  } else if (persisting_ && owner_ != Owner::kNobody) {
    since = last_heard_;  // RFC 9293 3.8.6.1: closed for as long as the peer answers
  }
  return now() - since >= limit;
}

void Connection::GiveUp() {
  ++stack_.stats().tcp.aborted_timeout;
  if (is_synchronized()) {
    SendReset();
  }
  Terminate(soft_error_);
}

// RFC 6298 5.4 to 5.6, RFC 5681 3.1: everything in flight is taken for lost and sent anew from
// SND.UNA on as the window grows.
void Connection::OnRetransmitTimer() {
  if (GaveUp()) {
    return GiveUp();
  }
  ++stack_.stats().tcp.tx_timeouts;
  const bool first = rtt_.backoff() == 0;
  rtt_.OnTimeout();
  if (!is_synchronized()) {
    NoteRetransmission();
    return SendSyn();
  }
  congestion_.OnTimeout(snd_.max - snd_.una, first);
  in_recovery_ = false;
  duplicate_acks_ = 0;
  recover_ = snd_.max;
  timed_ = false;
  snd_.nxt = snd_.una;
  send_queue_.Rewind();
  if (const auto route = stack_.ipv4().FindRoute(id_.remote_ip); route) {
    route_ = *route;
  }
  Output();
}

}  // namespace stack
