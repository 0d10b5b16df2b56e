// The operations of UDP sockets as awaits. Sending never waits: UdpSocket::SendTo.
#pragma once

#include "stack/base/time.h"
#include "stack/sequential/await.h"
#include "stack/udp.h"

namespace stack {

// The oldest datagram; kDeadlineExceeded, kCancelled.
inline auto ReceiveFrom(UdpSocket& socket, base::Instant deadline) {
  return Until(socket.changed(), deadline, [&socket] { return socket.Receive(); });
}

}  // namespace stack
