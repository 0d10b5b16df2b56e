// The sockets of TCP: TcpSocket is one connection, TcpListener takes connections in.
//
// Nothing here blocks or calls back. An operation that cannot be done now returns kUnavailable, and
// changed() is raised when another try may succeed. What sockets ask for (data, window updates,
// FIN) leaves at the next Stack::Poll, so that several Sends share a segment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "stack/base/address.h"
#include "stack/base/bytes.h"
#include "stack/base/executor.h"
#include "stack/base/pbuf.h"
#include "stack/base/result.h"
#include "stack/tcp/info.h"
#include "stack/tcp/options.h"

namespace stack {

class Connection;
class Stack;

// Move-only handle to a connection in the pool of Tcp. The destructor aborts (RST) a connection
// that was not closed. Only valid(), state() and Abort() may be called on an empty handle.
class TcpSocket {
 public:
  TcpSocket() = default;
  explicit TcpSocket(Connection* connection) : connection_(connection) {}
  TcpSocket(TcpSocket&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  TcpSocket& operator=(TcpSocket&& other) noexcept;
  ~TcpSocket() { Abort(); }

  bool valid() const { return connection_ != nullptr; }
  TcpState state() const;

  // kOk once the handshake is done, kUnavailable before. Afterwards why the connection ended:
  // kRefused (RST instead of SYN,ACK), kReset, kUnreachable, kDeadlineExceeded (nobody answered).
  base::Status connect_status() const;

  // The next bytes in order, without a copy. kUnavailable: nothing yet. kClosed: the peer has sent
  // its FIN and all of it was read. kReset, kRefused, kUnreachable, kDeadlineExceeded: the
  // connection is gone; unread data went with it.
  base::Result<base::Pbuf> Receive();
  // The same, copied; at least one byte unless `out` is empty.
  base::Result<size_t> Receive(base::ByteSpan out);
  // Bytes that Receive would return now.
  size_t receive_queued() const;

  // Queues a copy of as much of `data` as there is room for (summed in the same pass) and returns
  // how much that was. kUnavailable: no room or no buffer now. kClosed: after CloseSend. kReset,
  // kRefused, kUnreachable, kDeadlineExceeded: the connection is gone.
  base::Result<size_t> Send(base::ConstByteSpan data);
  // Queues `data` without a copy: the bytes stay where they are and unchanged until acknowledged.
  // All or nothing: on failure `data` still belongs to the caller. As above, and kUnavailable when
  // it is larger than send_room() while something else is queued.
  base::Status Send(base::Pbuf&& data);
  // Bytes that Send would take now, as far as buffers last.
  size_t send_room() const;
  // Nothing that was sent waits for its acknowledgment; after CloseSend this includes the FIN.
  bool all_acknowledged() const;

  // Sends FIN behind what is queued; receiving goes on. Repeating it does nothing. kReset,
  // kRefused, kUnreachable, kDeadlineExceeded: the connection is gone.
  base::Status CloseSend();
  // Ends both directions in order, and the handle is empty afterwards: the stack sends what is
  // queued and goes through the closing states by itself. With unread data the peer gets RST
  // (RFC 9293 3.6.1). Returns what connect_status() says of a connection that has ended already.
  base::Status Close();
  // RST to the peer unless the connection has ended already; the handle is empty afterwards.
  void Abort();

  base::SocketAddress local() const;
  base::SocketAddress remote() const;
  TcpInfo info() const;
  // Readable, writable, or another state.
  base::Signal& changed();

 private:
  Connection* connection_ = nullptr;
};

}  // namespace stack
