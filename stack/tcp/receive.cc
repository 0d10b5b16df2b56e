// The checks of an arriving segment, RFC 9293 3.10.7.4, in its order. Each decides; Act acts.
#include <algorithm>

#include "stack/stack.h"
#include "stack/tcp/connection.h"
#include "stack/tcp/tcp.h"

namespace stack {

using base::Status;
using wire::TcpHeader;

void Connection::OnSegment(Segment& segment) {
  last_heard_ = now();
  keep_alive_probes_ = 0;
  if (state_ == TcpState::kEstablished && TakeFastPath(segment)) {
    return;
  }
  if (state_ == TcpState::kSynSent) {
    return OnSegmentInSynSent(segment);
  }
  Act(RunChecks(segment), segment);
}

// What nearly all segments are: the next text with nothing acknowledged, or an ACK of new data with
// no text. The checks below would let them pass one by one.
bool Connection::TakeFastPath(Segment& segment) {
  constexpr uint8_t kControl =
      TcpHeader::kFin | TcpHeader::kSyn | TcpHeader::kRst | TcpHeader::kAck;
  if ((segment.flags & kControl) != TcpHeader::kAck || segment.sequence != rcv_.nxt) {
    return false;
  }
  if (segment.text_size == 0) {
    if (segment.acknowledgment <= snd_.una || segment.acknowledgment > snd_.max || in_recovery_) {
      return false;
    }
    OnNewAck(segment.acknowledgment);
  } else {
    if (segment.acknowledgment != snd_.una || has_gap() ||
        segment.text_size > rcv_.edge - rcv_.nxt) {
      return false;
    }
    AcceptInOrder(std::move(segment.text), segment.text_size);
  }
  TakeSendWindow(segment);  // at RCV.NXT it is the newest there is
  Output();
  return true;
}

Verdict Connection::RunChecks(Segment& segment) {
  static constexpr Check kChecks[] = {&Connection::CheckSequence, &Connection::CheckReset,
                                      &Connection::CheckSyn,      &Connection::TrimToWindow,
                                      &Connection::CheckAck,      &Connection::TakeText,
                                      &Connection::CheckFin};
  for (const Check check : kChecks) {
    if (const Verdict verdict = (this->*check)(segment); verdict != Verdict::kContinue) {
      return verdict;
    }
  }
  return Verdict::kContinue;
}

void Connection::Act(Verdict verdict, const Segment& segment) {
  switch (verdict) {
    case Verdict::kContinue:
    case Verdict::kDone:
      return Output();
    case Verdict::kSendAck:
      // Text is answered always: its sender repeats it until it hears. Other segments cannot be
      // told from an endless exchange of ACKs.
      if (segment.text_size != 0 || ack_limiter_.Allow(now(), stack_.random())) {
        SendAck();
      }
      return;
    case Verdict::kChallenge:
      ++stack_.stats().tcp.rx_challenged;
      if (ack_limiter_.Allow(now(), stack_.random())) {
        SendAck();
      }
      return;
    case Verdict::kSendReset:
      return tcp_.ReplyReset(id_, segment);
    case Verdict::kReset:
      ++stack_.stats().tcp.rx_resets;
      return Terminate(state_ == TcpState::kSynReceived ? Status::kRefused : Status::kReset);
  }
}

// RFC 9293 table 6.
bool Connection::IsAcceptable(const Segment& segment) const {
  const uint32_t window = rcv_.edge - rcv_.nxt;
  if (segment.sequence == rcv_.nxt) {
    return true;  // with a closed window too: its ACK counts, its text is cut off
  }
  const uint32_t length = segment.length();
  return IsWithin(segment.sequence, rcv_.nxt, window) ||
         (length != 0 && IsWithin(segment.end() - 1, rcv_.nxt, window));
}

Verdict Connection::CheckSequence(Segment& segment) {
  if (IsAcceptable(segment)) {
    return Verdict::kContinue;
  }
  TcpStats& stats = stack_.stats().tcp;
  ++(segment.end() <= rcv_.nxt ? stats.rx_duplicate : stats.rx_out_of_window);
  if (segment.has(TcpHeader::kRst)) {
    return Verdict::kDone;
  }
  if (state_ == TcpState::kSynReceived && segment.sequence == rcv_.irs &&
      segment.has(TcpHeader::kSyn) && !segment.has(TcpHeader::kAck)) {
    NoteRetransmission();
    SendSyn();  // the SYN again: our SYN,ACK was lost
    return Verdict::kDone;
  }
  if (state_ == TcpState::kTimeWait && segment.has(TcpHeader::kFin)) {
    RestartIdleTimer();
  }
  return Verdict::kSendAck;
}

// RFC 5961 3.2: only the exact number ends a connection. RFC 1337: nothing ends TIME-WAIT early.
Verdict Connection::CheckReset(Segment& segment) {
  if (!segment.has(TcpHeader::kRst)) {
    return Verdict::kContinue;
  }
  if (state_ == TcpState::kTimeWait) {
    return Verdict::kDone;
  }
  return segment.sequence == rcv_.nxt ? Verdict::kReset : Verdict::kChallenge;
}

// RFC 5961 4.2: a peer that really starts anew answers the ACK with RST.
Verdict Connection::CheckSyn(Segment& segment) {
  return segment.has(TcpHeader::kSyn) ? Verdict::kChallenge : Verdict::kContinue;
}

Verdict Connection::TrimToWindow(Segment& segment) {
  if (segment.sequence < rcv_.nxt) {
    ack_now_ = true;  // part of it is old: an ACK of ours was lost
    segment.TrimFront(rcv_.nxt - segment.sequence);
  }
  if (segment.end() > rcv_.edge && segment.length() != 0) {
    ++stack_.stats().tcp.rx_beyond_window;
    ack_now_ = true;
    segment.TrimBack(std::min(segment.end() - rcv_.edge, segment.length()));
  }
  return Verdict::kContinue;
}

Verdict Connection::CheckAck(Segment& segment) {
  TcpStats& stats = stack_.stats().tcp;
  if (!segment.has(TcpHeader::kAck)) {
    ++stats.rx_bad_flags;
    return Verdict::kDone;
  }
  if (state_ == TcpState::kSynReceived) {
    return CheckHandshakeAck(segment);
  }
  // RFC 5961 5.2: an ACK of what was never sent, or older than any that can be under way.
  if (segment.acknowledgment > snd_.max || segment.acknowledgment < snd_.una - snd_.max_wnd) {
    ++stats.rx_bad_ack;
    return Verdict::kChallenge;
  }
  if (segment.acknowledgment > snd_.una) {
    OnNewAck(segment.acknowledgment);
  } else if (IsDuplicateAck(segment)) {
    OnDuplicateAck();
  }
  UpdateSendWindow(segment);
  return state_ == TcpState::kClosed ? Verdict::kDone : Verdict::kContinue;
}

// Urgent data stays in line and the pointer is not looked at (RFC 6093 4).
Verdict Connection::TakeText(Segment& segment) {
  if (segment.text_size == 0 || !can_receive_text()) {
    return Verdict::kContinue;
  }
  if (owner_ == Owner::kNobody) {  // RFC 9293 3.6.1: somebody sends to a closed socket
    ++stack_.stats().tcp.rx_after_close;
    SendReset();
    Terminate(Status::kReset);
    return Verdict::kDone;
  }
  if (segment.sequence != rcv_.nxt) {
    AcceptOutOfOrder(segment);
  } else if (!has_gap()) {
    AcceptInOrder(std::move(segment.text), segment.text_size);
  } else {
    AcceptBetweenKept(std::move(segment.text), segment.text_size);
  }
  return Verdict::kContinue;
}

Verdict Connection::CheckFin(Segment& segment) {
  if (!segment.has(TcpHeader::kFin) || !can_receive_text()) {
    return Verdict::kContinue;
  }
  const Sequence fin = segment.sequence + segment.text_size;
  if (fin == rcv_.nxt) {
    OnFin();
  } else if (fin > rcv_.nxt && !rcv_.has_fin) {
    rcv_.fin = fin;
    rcv_.has_fin = true;
    ack_now_ = true;
  }
  return Verdict::kContinue;
}

}  // namespace stack
