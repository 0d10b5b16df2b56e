// The payload of segments, and the window that we offer for it.
#include <algorithm>

#include "stack/stack.h"
#include "stack/tcp/connection.h"
#include "stack/tcp/limits.h"
#include "stack/tcp/tcp.h"

namespace stack {

void Connection::AcceptInOrder(base::Pbuf&& text, uint32_t size) {
  rcv_.nxt += size;
  bytes_received_ += size;
  stack_.stats().tcp.rx_octets += size;
  receive_queue_.Push(std::move(text));
  NoteReceived(size);
  changed_.Notify();
}

// RFC 5681 4.2: an ACK for every second full-sized segment at least, and within a bounded time.
void Connection::NoteReceived(uint32_t size) {
  rcv_.segment_size = std::max(rcv_.segment_size, static_cast<uint16_t>(size));
  if (rcv_.nxt - rcv_.acked >= 2u * rcv_.segment_size) {
    ack_now_ = true;
  } else if (!IsArmed(TimerKind::kDelayedAck)) {
    SetTimer(TimerKind::kDelayedAck, now() + kDelayedAckTime);
  }
}

// Behind a gap: kept, and acknowledged at once so that the peer learns of the gap (RFC 5681 4.2).
void Connection::AcceptOutOfOrder(Segment& segment) {
  TcpStats& stats = stack_.stats().tcp;
  ack_now_ = true;
  const size_t limit = window_limit_ / rcv_.mss + 1;
  if (reassembly_.Insert(segment.sequence, std::move(segment.text), limit)) {
    ++stats.rx_out_of_order;
  } else {
    ++stats.rx_out_of_order_full;
    segment.flags &= static_cast<uint8_t>(~wire::TcpHeader::kFin);
  }
}

// Text at RCV.NXT that may reach into or over kept packets. Those came first and stay; the new
// bytes between them are shared out of `text`.
void Connection::AcceptBetweenKept(base::Pbuf&& text, uint32_t size) {
  ack_now_ = true;  // it fills a gap, all or part of it
  while (!reassembly_.empty() && reassembly_.front_start() < rcv_.nxt + size) {
    const uint32_t gap = reassembly_.front_start() - rcv_.nxt;
    auto piece = text.Share(base::Holder::kTcpReceive);
    if (!piece) {
      return;
    }
    piece->TrimBack(size - gap);
    const Sequence begin = rcv_.nxt;
    AcceptInOrder(std::move(*piece), gap);
    DeliverKept();
    const uint32_t covered = rcv_.nxt - begin;
    if (covered >= size || fin_received_) {
      return;
    }
    text.TrimFront(covered);
    size -= covered;
  }
  AcceptInOrder(std::move(text), size);
  DeliverKept();
}

void Connection::DeliverKept() {
  while (!reassembly_.empty() && reassembly_.front_start() == rcv_.nxt) {
    base::Pbuf packet = reassembly_.PopFront();
    const auto size = static_cast<uint32_t>(packet.size());
    AcceptInOrder(std::move(packet), size);
  }
  if (rcv_.has_fin && rcv_.nxt == rcv_.fin && can_receive_text()) {
    OnFin();
  }
}

void Connection::OnFin() {
  rcv_.nxt += 1;
  rcv_.edge = Later(rcv_.edge, rcv_.nxt);
  reassembly_.Clear();  // nothing comes behind a FIN
  fin_received_ = true;
  ack_now_ = true;
  switch (state_) {
    case TcpState::kEstablished:
      return EnterState(TcpState::kCloseWait);
    case TcpState::kFinWait1:
      return EnterState(TcpState::kClosing);
    default:
      return EnterTimeWait();
  }
}

// What may be promised: the owner's limit, and no more than the packet buffers that are free.
uint32_t Connection::OfferableWindow() const {
  const size_t queued = receive_queue_.size();
  const size_t room = queued < options_.receive_buffer ? options_.receive_buffer - queued : 0;
  const base::PbufPoolStats& pool = stack_.pools().pools().back()->stats();
  const size_t taken = pool.in_use + kReservedBuffers;
  const size_t buffers = taken < pool.count ? pool.count - taken : 0;
  return static_cast<uint32_t>(std::min({room, size_t{window_limit_}, buffers * size_t{rcv_.mss}}));
}

// The right edge moves in steps that are worth a segment (RFC 9293 3.8.6.2.2) and never goes back.
uint16_t Connection::AdvertiseWindow() {
  const uint32_t offer = OfferableWindow();
  const uint32_t current = rcv_.edge - rcv_.nxt;
  const uint32_t step = std::min<uint32_t>(rcv_.mss, window_limit_ / 2);
  if (offer >= current + step) {
    rcv_.edge = rcv_.nxt + offer;
    return static_cast<uint16_t>(offer);
  }
  return static_cast<uint16_t>(current);
}

// The application has read. A window that grew by two segments, or opened again, is worth an ACK.
void Connection::OfferWindowAfterRead() {
  if (!can_receive_text()) {
    return;
  }
  const uint32_t offer = OfferableWindow();
  const uint32_t current = rcv_.edge - rcv_.nxt;
  const uint32_t segments = current < rcv_.mss ? 1 : 2;
  if (offer >= current + std::min<uint32_t>(segments * rcv_.mss, window_limit_ / 2)) {
    ack_now_ = true;
    tcp_.RequestFlush(*this);
  }
}

}  // namespace stack
