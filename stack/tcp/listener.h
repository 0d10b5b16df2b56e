// Takes connections in.
//
//   SYN --> half_open_ (SYN-RECEIVED) -- ACK --> ready_ -- Accept --> TcpSocket
#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/base/executor.h"
#include "stack/base/intrusive_list.h"
#include "stack/base/result.h"
#include "stack/tcp/info.h"
#include "stack/tcp/options.h"
#include "stack/tcp/sequence.h"
#include "stack/tcp/socket.h"

namespace stack {

struct ConnectionId;
class LifecycleNode;
struct Segment;
class Stack;

// A port that accepts connections; memory of the owner, who keeps it where it is. Connections that
// nobody accepted are reset when it closes.
class TcpListener : public base::ListNode {
 public:
  // Connections get `options`.
  explicit TcpListener(Stack& stack, const TcpOptions& options = {});
  ~TcpListener() { Close(); }

  // Listens on `port` of all our addresses. `backlog` bounds the connections that wait for Accept,
  // and those in SYN-RECEIVED; a SYN beyond that takes the place of the oldest one half open.
  // kInvalidArgument: port or backlog 0. kBusy: somebody else listens there, or this one does.
  base::Status Listen(uint16_t port, uint8_t backlog = 4);
  // The oldest established connection. kUnavailable: none yet. kClosed: not listening.
  base::Result<TcpSocket> Accept();
  void Close();

  uint16_t port() const { return port_; }
  // A connection is there, or the listener was closed.
  base::Signal& changed() { return changed_; }
  TcpInfo info() const;

 private:
  friend class Connection;
  friend class Tcp;

  // A SYN for our port; `iss` for the connection that it makes.
  void OnSyn(const ConnectionId& id, const Segment& syn, Sequence iss);
  void RecycleOldestHalfOpen();
  // Moves a half-open connection to those that Accept gives out. False: they are too many.
  bool MakeReady(Connection& connection);
  // `connection` ends before anybody accepted it.
  void Remove(Connection& connection, bool is_half_open);

  Stack& stack_;
  TcpOptions options_;
  uint16_t port_ = 0;  // 0: not listening
  uint8_t backlog_ = 0;
  uint8_t half_open_count_ = 0;
  uint8_t ready_count_ = 0;
  base::IntrusiveList<LifecycleNode> half_open_;  // oldest first
  base::IntrusiveList<LifecycleNode> ready_;      // oldest first
  base::Signal changed_;
};

}  // namespace stack
