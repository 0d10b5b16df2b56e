// What may be sent now, and building it.
#include <algorithm>

#include "stack/config.h"
#include "stack/stack.h"
#include "stack/tcp/connection.h"
#include "stack/tcp/limits.h"
#include "stack/tcp/tcp.h"
#include "stack/wire/ipv4.h"

namespace stack {
namespace {

using base::Status;
using wire::TcpHeader;

// Not now, but the same may succeed soon; anything else is as if the network had lost it.
bool IsBlocked(Status status) {
  return status == Status::kUnavailable || status == Status::kResourceExhausted;
}

}  // namespace

// Everything that may leave now: text and FIN, or else an ACK that is due.
void Connection::Output() {
  if (state_ == TcpState::kClosed) {
    return;
  }
  if (is_synchronized()) {
    for (Transmission next = ChooseNext(); !next.empty(); next = ChooseNext()) {
      if (!SendNext(next)) {
        return tcp_.RetryLater(*this);
      }
    }
    StartPersistIfStuck();
  }
  if (ack_now_) {
    SendAck();
  }
}

// What both windows leave (RFC 5681 3.1). Before a loss is certain, each duplicate ACK lets one
// more new segment out (RFC 3042).
uint32_t Connection::UsableWindow() const {
  uint32_t congestion = congestion_.window();
  if (!in_recovery_ && duplicate_acks_ < kDuplicateThreshold) {
    congestion += uint32_t{duplicate_acks_} * snd_.mss;
  }
  const uint32_t window = std::min(snd_.wnd, congestion);
  const uint32_t flight = snd_.nxt - snd_.una;
  return window > flight ? window - flight : 0;
}

Connection::Transmission Connection::ChooseNext() const {
  const auto queued = static_cast<uint32_t>(send_queue_.size());
  const uint32_t offset = snd_.nxt - snd_.una;
  if (offset >= queued && !(is_sending_fin() && offset == queued)) {
    return {};
  }
  const uint32_t usable = UsableWindow();
  Transmission next{.size = std::min({queued - offset, usable, uint32_t{snd_.mss}})};
  const bool is_last = offset + next.size == queued;
  next.push = is_last && next.size != 0;
  next.fin = is_last && is_sending_fin() && usable > next.size;
  return MayLeaveNow(next, offset) ? next : Transmission{};
}

// Sender's silly window avoidance (RFC 9293 3.8.6.2.1) and the Nagle algorithm (3.7.4).
bool Connection::MayLeaveNow(const Transmission& next, uint32_t offset) const {
  if (next.size == snd_.mss || next.fin) {
    return true;
  }
  if (next.push && (offset == 0 || options_.no_delay || is_sending_fin())) {
    return true;
  }
  return next.size != 0 && next.size >= snd_.max_wnd / 2;
}

// False when it could not leave and is to be tried again.
bool Connection::SendNext(const Transmission& next) {
  if (snd_.una == snd_.max && now() - progress_at_ > rtt_.rto()) {
    congestion_.OnIdle();
  }
  uint8_t flags = TcpHeader::kAck;
  if (next.push) {
    flags |= TcpHeader::kPsh;
  }
  if (next.fin) {
    flags |= TcpHeader::kFin;
  }
  if (IsBlocked(Transmit(snd_.nxt, next.size, flags))) {
    return false;
  }
  if (snd_.nxt < snd_.max) {
    NoteRetransmission();
  } else {
    stack_.stats().tcp.tx_octets += next.size;
  }
  NoteSent(next.size + (next.fin ? 1 : 0));
  return true;
}

// `length` sequence numbers from SND.NXT on have left.
void Connection::NoteSent(uint32_t length) {
  if (snd_.nxt == snd_.max) {
    if (snd_.una == snd_.max) {
      progress_at_ = now();
    }
    if (!timed_) {
      timed_ = true;
      timed_at_ = now();
      timed_end_ = snd_.nxt + length;
    }
  }
  snd_.nxt += length;
  snd_.max = Later(snd_.max, snd_.nxt);
  if (persisting_ || !IsArmed(TimerKind::kRetransmit)) {
    persisting_ = false;
    RestartRetransmitTimer();
  }
}

// One segment with text from the send queue. Its headers go in front of the text where nobody else
// looks at that buffer, else into a buffer of their own.
Status Connection::Transmit(Sequence sequence, uint32_t text_size, uint8_t flags) {
  if (text_size == 0) {
    return SendEmpty(sequence, flags);
  }
  auto piece = send_queue_.Slice(sequence - snd_.una, text_size);
  if (!piece) {
    ++stack_.stats().tcp.tx_no_buffer;
    return piece.error();
  }
  const base::Sum sum = base::PacketSum(piece->bytes);
  base::Pbuf packet = std::move(piece->bytes);
  if (!piece->owns_headroom) {
    auto header = stack_.pools().Allocate(SendQueue::kHeadroom, 0, base::Holder::kStack);
    if (!header) {
      ++stack_.stats().tcp.tx_no_buffer;
      return header.error();
    }
    header->Chain(std::move(packet));
    packet = std::move(*header);
  }
  return SendPacket(std::move(packet), {.sequence = sequence, .flags = flags}, sum, text_size);
}

// `mss` not 0: with that option.
Status Connection::SendEmpty(Sequence sequence, uint8_t flags, uint16_t mss) {
  // Room behind, so that Ethernet need not chain a part to pad the frame.
  auto packet = stack_.pools().Allocate(SendQueue::kHeadroom + wire::kTcpMssOptionSize, 8,
                                        base::Holder::kStack);
  if (!packet) {
    ++stack_.stats().tcp.tx_no_buffer;
    return packet.error();
  }
  return SendPacket(std::move(*packet), {.sequence = sequence, .flags = flags, .mss = mss}, 0, 0);
}

// Fills in what every segment says: where we stand and our window.
Status Connection::SendPacket(base::Pbuf&& packet, SegmentHeader header, base::Sum text_sum,
                              size_t text_size) {
  const bool has_ack = (header.flags & TcpHeader::kAck) != 0;
  if (has_ack) {
    header.acknowledgment = rcv_.nxt;
  }
  header.window = AdvertiseWindow();
  PrependHeader(packet, header, id_, text_sum, text_size);
  const Status status = tcp_.SendPacket(std::move(packet), id_, route_);
  if (has_ack && !IsBlocked(status)) {
    rcv_.acked = rcv_.nxt;
    ack_now_ = false;
    CancelTimer(TimerKind::kDelayedAck);
  }
  return status;
}

void Connection::SendAck() {
  if (IsBlocked(SendEmpty(next_number(), TcpHeader::kAck))) {
    ack_now_ = true;
    tcp_.RetryLater(*this);
  }
}

void Connection::SendReset() { (void)SendEmpty(next_number(), TcpHeader::kRst | TcpHeader::kAck); }

}  // namespace stack
