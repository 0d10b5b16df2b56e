// What sockets ask of a connection. The contracts stand in socket.h.
#include <algorithm>

#include "stack/stack.h"
#include "stack/tcp/connection.h"
#include "stack/tcp/tcp.h"

namespace stack {

using base::Status;

Status Connection::connect_status() const {
  switch (state_) {
    case TcpState::kClosed:
      return end_status_;
    case TcpState::kSynSent:
    case TcpState::kSynReceived:
      return Status::kUnavailable;
    default:
      return Status::kOk;
  }
}

base::Result<base::Pbuf> Connection::Receive() {
  base::Pbuf packet = receive_queue_.Pop();
  if (!packet) {
    return std::unexpected(receive_status());
  }
  OfferWindowAfterRead();
  return packet;
}

base::Result<size_t> Connection::Receive(base::ByteSpan out) {
  const size_t count = receive_queue_.Read(out);
  if (count == 0 && !out.empty()) {
    return std::unexpected(receive_status());
  }
  OfferWindowAfterRead();
  return count;
}

// With nothing left to read.
Status Connection::receive_status() const {
  if (state_ == TcpState::kClosed) {
    return end_status();
  }
  return fin_received_ ? Status::kClosed : Status::kUnavailable;
}

Status Connection::send_status() const {
  switch (state_) {
    case TcpState::kClosed:
      return end_status();
    case TcpState::kSynSent:
    case TcpState::kSynReceived:
      return fin_requested_ ? Status::kClosed : Status::kOk;
    case TcpState::kEstablished:
    case TcpState::kCloseWait:
      return Status::kOk;
    default:
      return Status::kClosed;
  }
}

// Bytes and parts are limited: many small zero-copy parts hold a buffer each.
size_t Connection::send_room() const {
  const size_t parts = 4 + 2 * options_.send_buffer / snd_.mss;
  const size_t queued = send_queue_.size();
  if (send_status() != Status::kOk || queued >= options_.send_buffer ||
      send_queue_.part_count() >= parts) {
    return 0;
  }
  return options_.send_buffer - queued;
}

base::Result<size_t> Connection::Send(base::ConstByteSpan data) {
  if (const Status status = send_status(); status != Status::kOk) {
    return std::unexpected(status);
  }
  const size_t count =
      send_queue_.Append(stack_.pools(), data.first(std::min(data.size(), send_room())), snd_.mss);
  if (count == 0 && !data.empty()) {
    return std::unexpected(Status::kUnavailable);
  }
  tcp_.RequestFlush(*this);
  return count;
}

Status Connection::Send(base::Pbuf&& data) {
  RETURN_IF_ERROR(send_status());
  if (!send_queue_.empty() && data.size() > send_room()) {
    return Status::kUnavailable;
  }
  send_queue_.Append(std::move(data));
  tcp_.RequestFlush(*this);
  return Status::kOk;
}

bool Connection::all_acknowledged() const { return send_queue_.empty() && !is_sending_fin(); }

// The states say whether our FIN is on its way; Output sends it behind the text.
void Connection::QueueFin() {
  EnterState(state_ == TcpState::kCloseWait ? TcpState::kLastAck : TcpState::kFinWait1);
  tcp_.RequestFlush(*this);
}

Status Connection::CloseSend() {
  switch (state_) {
    case TcpState::kClosed:
      return end_status_;
    case TcpState::kSynSent:
    case TcpState::kSynReceived:
      fin_requested_ = true;
      return Status::kOk;
    case TcpState::kEstablished:
    case TcpState::kCloseWait:
      QueueFin();
      return Status::kOk;
    default:
      return Status::kOk;
  }
}

Status Connection::Close() {
  const bool unread = !receive_queue_.empty();
  if (state_ == TcpState::kSynSent ||
      (unread && (can_receive_text() || state_ == TcpState::kCloseWait))) {
    Abort();
    return Status::kOk;
  }
  const Status status = CloseSend();
  owner_ = Owner::kNobody;
  receive_queue_.Clear();
  if (state_ == TcpState::kFinWait2) {
    RestartIdleTimer();
  } else if (state_ == TcpState::kTimeWait) {
    tcp_.NoteRecyclable(*this);
  }
  tcp_.ReleaseIfDone(*this);
  return status;
}

void Connection::Abort() {
  owner_ = Owner::kNobody;
  if (state_ >= TcpState::kSynReceived && state_ != TcpState::kTimeWait) {
    SendReset();
  }
  Terminate(Status::kCancelled);
  tcp_.ReleaseIfDone(*this);
}

}  // namespace stack
