#include "stack/tcp/tcp.h"

#include <algorithm>
#include <cassert>

#include "stack/netif.h"
#include "stack/stack.h"
#include "stack/tcp/connection.h"
#include "stack/tcp/limits.h"
#include "stack/tcp/storage.h"
#include "stack/wire/ipv4.h"

namespace stack {

using base::Status;
using wire::TcpHeader;

Tcp::Tcp(Stack& stack, const TcpMemory& memory)
    : stack_(stack),
      slots_(memory.slots),
      slot_count_(memory.slot_count),
      connections_(memory.buckets, memory.bucket_count) {
  [[maybe_unused]] const Status status = stack.ipv4().Register(wire::kProtocolTcp, *this);
  assert(status == Status::kOk);
  stack.AttachTcp(*this);
  connections_.set_key(stack.random().Next32());
}

Tcp::~Tcp() {
  for (ConnectionSlot& slot : std::span(slots_, slot_count_)) {
    slot.connection.reset();
  }
}

base::Result<TcpSocket> Tcp::Connect(const base::SocketAddress& remote, const TcpOptions& options) {
  const base::Ipv4Address ip = remote.ip.v4;
  if (remote.port == 0 || ip.is_unspecified() || ip.is_broadcast() || ip.is_multicast()) {
    return std::unexpected(Status::kInvalidArgument);
  }
  const auto route = stack_.ipv4().FindRoute(ip);
  if (!route || route->source.is_unspecified()) {
    return std::unexpected(Status::kUnreachable);
  }
  if (route->netif->IsSubnetBroadcast(ip)) {
    return std::unexpected(Status::kInvalidArgument);
  }
  ConnectionId id{.local_ip = route->source,
                  .remote_ip = ip,
                  .local_port = options.local_port,
                  .remote_port = remote.port};
  if (id.local_port == 0) {
    id.local_port = ChoosePort(id);
    if (id.local_port == 0) {
      return std::unexpected(Status::kResourceExhausted);
    }
  } else if (connections_.Find(id) != nullptr) {
    return std::unexpected(Status::kBusy);
  }
  Connection* const connection = Allocate(id, *route, options);
  if (connection == nullptr) {
    return std::unexpected(Status::kResourceExhausted);
  }
  connection->OpenActive(ChooseIss(id));
  return TcpSocket(connection);
}

// RFC 6056 3.3.1; 0 when none of some tries was free.
uint16_t Tcp::ChoosePort(ConnectionId id) {
  for (int i = 0; i < kPortTries; ++i) {
    id.local_port =
        static_cast<uint16_t>(kFirstEphemeralPort + stack_.random().Below(kEphemeralPorts));
    if (connections_.Find(id) == nullptr && FindListener(id.local_port) == nullptr) {
      return id.local_port;
    }
  }
  return 0;
}

// RFC 6528 3: a clock of 4 microseconds, and a secret offset of each socket pair.
Sequence Tcp::ChooseIss(const ConnectionId& id) {
  std::byte input[12];
  base::StoreBe32(input, id.local_ip.value);
  base::StoreBe32(input + 4, id.remote_ip.value);
  base::StoreBe16(input + 8, id.local_port);
  base::StoreBe16(input + 10, id.remote_port);
  const auto clock = static_cast<uint32_t>(base::ToMicroseconds(stack_.now()) / 4);
  return Sequence(clock + static_cast<uint32_t>(stack_.random().Hash(input)));
}

TcpListener* Tcp::FindListener(uint16_t port) {
  TcpListener* listener = listeners_.first();
  while (listener != nullptr && listener->port() != port) {
    listener = listeners_.Next(*listener);
  }
  return listener;
}

ConnectionSlot* Tcp::FindFreeSlot() {
  const std::span slots(slots_, slot_count_);
  const auto found =
      std::ranges::find_if(slots, [](const ConnectionSlot& slot) { return !slot.connection; });
  return found == slots.end() ? nullptr : &*found;
}

// A new connection may take the place of the oldest one in TIME-WAIT.
Connection* Tcp::Allocate(const ConnectionId& id, const Route& route, const TcpOptions& options) {
  ConnectionSlot* slot = FindFreeSlot();
  if (slot == nullptr && !time_wait_.empty()) {
    ++stack_.stats().tcp.time_wait_recycled;
    auto& oldest = static_cast<Connection&>(time_wait_.front());
    oldest.Terminate(Status::kOk);
    ReleaseIfDone(oldest);
    slot = FindFreeSlot();
  }
  if (slot == nullptr) {
    return nullptr;
  }
  Connection& connection = slot->connection.emplace(*this, id, route, options);
  connections_.Insert(connection);
  return &connection;
}

void Tcp::Forget(Connection& connection) {
  connections_.Remove(connection);
  static_cast<LifecycleNode&>(connection).Unlink();
  static_cast<FlushNode&>(connection).Unlink();
}

void Tcp::ReleaseIfDone(Connection& connection) {
  if (!connection.is_done()) {
    return;
  }
  for (ConnectionSlot& slot : std::span(slots_, slot_count_)) {
    if (slot.connection && &*slot.connection == &connection) {
      slot.connection.reset();
      return;
    }
  }
}

void Tcp::NoteRecyclable(Connection& connection) { time_wait_.PushBack(connection); }

void Tcp::RequestFlush(Connection& connection) {
  if (!static_cast<FlushNode&>(connection).is_linked()) {
    flush_.PushBack(connection);
  }
}

void Tcp::RetryLater(Connection& connection) { blocked_.PushBack(connection); }

base::Instant Tcp::Flush(base::Instant now) {
  while (FlushNode* const node = blocked_.PopFront()) {
    flush_.PushBack(*node);
  }
  while (FlushNode* const node = flush_.PopFront()) {
    static_cast<Connection&>(*node).Flush();
  }
  return blocked_.empty() ? base::kNever : now + kBlockedRetry;
}

Status Tcp::SendPacket(base::Pbuf&& packet, const ConnectionId& id, const Route& route) {
  ++stack_.stats().tcp.tx_segments;
  return stack_.ipv4().Send(std::move(packet),
                            {.source = id.local_ip,
                             .destination = id.remote_ip,
                             .protocol = wire::kProtocolTcp,
                             .dont_fragment = true},
                            route);
}

void Tcp::ReplyReset(const ConnectionId& id, const Segment& segment) {
  if (segment.has(TcpHeader::kRst)) {
    return;
  }
  const auto route = stack_.ipv4().FindRoute(id.remote_ip);
  auto packet = stack_.pools().Allocate(SendQueue::kHeadroom, 8, base::Holder::kStack);
  if (!route || !packet) {
    ++stack_.stats().tcp.tx_no_buffer;
    return;
  }
  SegmentHeader header{.flags = TcpHeader::kRst};
  if (segment.has(TcpHeader::kAck)) {
    header.sequence = segment.acknowledgment;
  } else {
    header.flags |= TcpHeader::kAck;
    header.acknowledgment = segment.end();
  }
  ++stack_.stats().tcp.tx_resets;
  PrependHeader(*packet, header, id, 0, 0);
  (void)SendPacket(std::move(*packet), id, *route);
}

size_t Tcp::List(std::span<TcpInfo> out) {
  size_t count = 0;
  for (TcpListener* listener = listeners_.first(); listener != nullptr && count < out.size();
       listener = listeners_.Next(*listener)) {
    out[count++] = listener->info();
  }
  for (const ConnectionSlot& slot : std::span(slots_, slot_count_)) {
    if (slot.connection && count < out.size()) {
      out[count++] = slot.connection->info();
    }
  }
  return count;
}

}  // namespace stack
