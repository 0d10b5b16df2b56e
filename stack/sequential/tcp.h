// The operations of TCP sockets as awaits. Each gives what the operation of the same name gives
// (stack/tcp/socket.h), and kDeadlineExceeded and kCancelled as every await does. Nothing is lost
// by either: what arrived stays in the socket; of Send, TcpInfo tells how far it came.
#pragma once

#include <utility>

#include "stack/base/bytes.h"
#include "stack/base/pbuf.h"
#include "stack/base/result.h"
#include "stack/base/time.h"
#include "stack/sequential/await.h"
#include "stack/stack.h"
#include "stack/tcp/listener.h"
#include "stack/tcp/socket.h"
#include "stack/tcp/tcp.h"

namespace stack {

// A connection that came in.
inline auto Accept(TcpListener& listener, base::Instant deadline) {
  return Until(listener.changed(), deadline, [&listener] { return listener.Accept(); });
}

// The end of the handshake of `socket`, from Tcp::Connect: kOk, kRefused, kReset, kUnreachable or
// kDeadlineExceeded. The socket is still the caller's, who may abort it.
inline auto Connected(TcpSocket& socket, base::Instant deadline) {
  return Until(socket.changed(), deadline, [&socket] { return socket.connect_status(); });
}

// The next bytes without a copy.
inline auto Receive(TcpSocket& socket, base::Instant deadline) {
  return Until(socket.changed(), deadline, [&socket] { return socket.Receive(); });
}

// At least one byte, copied to `out`; gives how many.
inline auto Receive(TcpSocket& socket, base::ByteSpan out, base::Instant deadline) {
  return Until(socket.changed(), deadline, [&socket, out] { return socket.Receive(out); });
}

// Fills `out`. kDataLoss: the peer's FIN came when a part of it was there; kClosed: before.
inline auto ReceiveExactly(TcpSocket& socket, base::ByteSpan out, base::Instant deadline) {
  return Until(socket.changed(), deadline, [&socket, out, rest = out]() mutable {
    while (!rest.empty()) {
      const base::Result<size_t> count = socket.Receive(rest);
      if (!count) {
        const bool cut = count.error() == base::Status::kClosed && rest.size() != out.size();
        return cut ? base::Status::kDataLoss : count.error();
      }
      rest = rest.subspan(*count);
    }
    return base::Status::kOk;
  });
}

// Queues a copy of as much of `data` as there is room for, at least one byte; gives how many.
inline auto SendSome(TcpSocket& socket, base::ConstByteSpan data, base::Instant deadline) {
  return Until(socket.changed(), deadline, [&socket, data] { return socket.Send(data); });
}

// Queues a copy of all of `data`.
inline auto Send(TcpSocket& socket, base::ConstByteSpan data, base::Instant deadline) {
  return Until(socket.changed(), deadline, [&socket, rest = data]() mutable {
    while (!rest.empty()) {
      const base::Result<size_t> count = socket.Send(rest);
      if (!count) {
        return count.error();
      }
      rest = rest.subspan(*count);
    }
    return base::Status::kOk;
  });
}

// Queues `data` without a copy; on success the packet is gone.
inline auto Send(TcpSocket& socket, base::Pbuf& data, base::Instant deadline) {
  return Until(socket.changed(), deadline,
               [&socket, &data] { return socket.Send(std::move(data)); });
}

// The acknowledgment of everything that was sent, FIN included; else why the connection ended.
inline auto Acknowledged(TcpSocket& socket, base::Instant deadline) {
  return Until(socket.changed(), deadline, [&socket] {
    const base::Status status = socket.connect_status();
    if (status != base::Status::kOk) {
      return status;
    }
    return socket.all_acknowledged() ? base::Status::kOk : base::Status::kUnavailable;
  });
}

}  // namespace stack
