// The TCP layer: finds the connection of a segment, opens connections, owns their pool.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "stack/base/address.h"
#include "stack/base/intrusive_list.h"
#include "stack/base/pbuf.h"
#include "stack/base/result.h"
#include "stack/base/time.h"
#include "stack/route.h"
#include "stack/tcp/demultiplexer.h"
#include "stack/tcp/info.h"
#include "stack/tcp/listener.h"
#include "stack/tcp/options.h"
#include "stack/tcp/socket.h"
#include "stack/transport.h"

namespace stack {

struct ConnectionSlot;
class FlushNode;
class Stack;

// The memory of Tcp, from TcpStorage (stack/tcp/storage.h).
struct TcpMemory {
  ConnectionSlot* slots = nullptr;
  size_t slot_count = 0;
  Connection** buckets = nullptr;  // all nullptr
  size_t bucket_count = 0;         // a power of two
};

class Tcp : public Transport {
 public:
  // Registers itself with `stack`, which outlives it, as does `memory`. Sockets and listeners are
  // gone before it is.
  Tcp(Stack& stack, const TcpMemory& memory);
  ~Tcp();
  Tcp(const Tcp&) = delete;
  Tcp& operator=(const Tcp&) = delete;

  // Starts a connection; connect_status() and changed() of the socket say how it goes on.
  // kInvalidArgument: port 0, or an address that is not one host's. kUnreachable: no route.
  // kResourceExhausted: every connection is in use, or no port is free. kBusy: options.local_port
  // is taken.
  base::Result<TcpSocket> Connect(const base::SocketAddress& remote,
                                  const TcpOptions& options = {});

  void OnPacket(base::Pbuf&& packet, const Ipv4Meta& meta) override;
  void OnIcmpError(const IcmpError& error) override;
  // Sends what sockets asked for since the last call, and what had no room or no buffer then.
  base::Instant Flush(base::Instant now) override;

  // Snapshots of listeners and connections, as many as fit; returns how many that was.
  size_t List(std::span<TcpInfo> out);

 private:
  friend class Connection;
  friend class TcpListener;

  // For connections (tcp.cc).
  Stack& stack() { return stack_; }
  base::Status SendPacket(base::Pbuf&& packet, const ConnectionId& id, const Route& route);
  // Answers a segment that belongs to no connection, as RFC 9293 3.10.7.1 says.
  void ReplyReset(const ConnectionId& id, const Segment& segment);
  void RequestFlush(Connection& connection);
  void RetryLater(Connection& connection);
  void NoteRecyclable(Connection& connection);
  void Forget(Connection& connection);
  void ReleaseIfDone(Connection& connection);

  // For listeners and ourselves.
  Connection* Allocate(const ConnectionId& id, const Route& route, const TcpOptions& options);
  ConnectionSlot* FindFreeSlot();
  TcpListener* FindListener(uint16_t port);
  void AddListener(TcpListener& listener) { listeners_.PushBack(listener); }
  Sequence ChooseIss(const ConnectionId& id);
  uint16_t ChoosePort(ConnectionId id);

  // Arriving segments (input.cc).
  bool Parse(base::Pbuf& packet, const Ipv4Meta& meta, ConnectionId& id, Segment& segment);
  void OnListen(TcpListener& listener, const ConnectionId& id, const Segment& segment);
  bool ReopensTimeWait(const Connection& connection, const Segment& segment);
  void Reopen(Connection& old, const Segment& syn);

  Stack& stack_;
  ConnectionSlot* slots_;
  size_t slot_count_;
  Demultiplexer connections_;
  base::IntrusiveList<TcpListener> listeners_;
  base::IntrusiveList<LifecycleNode> time_wait_;  // of no socket, oldest first
  base::IntrusiveList<FlushNode> flush_;
  base::IntrusiveList<FlushNode> blocked_;
};

}  // namespace stack
