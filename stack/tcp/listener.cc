#include "stack/tcp/listener.h"

#include "stack/stack.h"
#include "stack/tcp/connection.h"
#include "stack/tcp/tcp.h"

namespace stack {

using base::Status;

TcpListener::TcpListener(Stack& stack, const TcpOptions& options)
    : stack_(stack), options_(options), changed_(stack.executor()) {}

Status TcpListener::Listen(uint16_t port, uint8_t backlog) {
  if (port == 0 || backlog == 0) {
    return Status::kInvalidArgument;
  }
  if (port_ != 0 || stack_.tcp().FindListener(port) != nullptr) {
    return Status::kBusy;
  }
  port_ = port;
  backlog_ = backlog;
  stack_.tcp().AddListener(*this);
  return Status::kOk;
}

base::Result<TcpSocket> TcpListener::Accept() {
  if (port_ == 0) {
    return std::unexpected(Status::kClosed);
  }
  LifecycleNode* const node = ready_.PopFront();
  if (node == nullptr) {
    return std::unexpected(Status::kUnavailable);
  }
  --ready_count_;
  auto& connection = static_cast<Connection&>(*node);
  connection.OnAccepted();
  return TcpSocket(&connection);
}

void TcpListener::Close() {
  if (port_ == 0) {
    return;
  }
  port_ = 0;
  Unlink();
  while (LifecycleNode* const node = half_open_.first()) {
    static_cast<Connection&>(*node).Abort();
  }
  while (LifecycleNode* const node = ready_.first()) {
    static_cast<Connection&>(*node).Abort();
  }
  changed_.Notify();
}

TcpInfo TcpListener::info() const {
  return {.local = {base::Ipv4Address{}, port_},
          .state = TcpState::kListen,
          .receive_queued = ready_count_};
}

void TcpListener::OnSyn(const ConnectionId& id, const Segment& syn, Sequence iss) {
  TcpStats& stats = stack_.stats().tcp;
  if (ready_count_ >= backlog_) {
    ++stats.rx_backlog_full;
    return;
  }
  if (half_open_count_ >= backlog_) {
    RecycleOldestHalfOpen();
  }
  const auto route = stack_.ipv4().FindRoute(id.remote_ip);
  if (!route) {
    ++stack_.stats().ipv4.tx_no_route;
    return;
  }
  Connection* connection = stack_.tcp().Allocate(id, *route, options_);
  if (connection == nullptr && half_open_count_ != 0) {
    RecycleOldestHalfOpen();
    connection = stack_.tcp().Allocate(id, *route, options_);
  }
  if (connection == nullptr) {
    ++stats.rx_backlog_full;
    return;
  }
  half_open_.PushBack(*connection);
  ++half_open_count_;
  connection->OpenPassive(iss, syn, *this);
}

// A flood of SYNs costs the oldest handshakes, not the newest: those of a real client last one
// round trip.
void TcpListener::RecycleOldestHalfOpen() {
  ++stack_.stats().tcp.rx_backlog_full;
  auto& oldest = static_cast<Connection&>(half_open_.front());
  oldest.Terminate(Status::kOk);
  stack_.tcp().ReleaseIfDone(oldest);
}

bool TcpListener::MakeReady(Connection& connection) {
  if (ready_count_ >= backlog_) {
    return false;
  }
  ready_.PushBack(connection);
  --half_open_count_;
  ++ready_count_;
  changed_.Notify();
  return true;
}

void TcpListener::Remove(Connection& connection, bool is_half_open) {
  static_cast<LifecycleNode&>(connection).Unlink();
  --(is_half_open ? half_open_count_ : ready_count_);
}

}  // namespace stack
