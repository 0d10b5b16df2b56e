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
#include "stack/tcp/info.h"
#include "stack/tcp/listener.h"
#include "stack/tcp/options.h"
#include "stack/tcp/socket.h"

namespace stack {

struct ConnectionSlot;
struct Ipv4Meta;
class Stack;

// The memory of Tcp, from TcpStorage (stack/tcp/storage.h).
struct TcpMemory {
  ConnectionSlot* slots = nullptr;
  size_t slot_count = 0;
  Connection** buckets = nullptr;  // all nullptr
  size_t bucket_count = 0;         // a power of two
};

// An ICMP destination unreachable (type 3) about one of our segments.
struct TcpUnreachable {
  uint8_t code = 0;
  uint16_t next_hop_mtu = 0;      // of code 4 (RFC 1191)
  base::Ipv4Address source;       // of the quoted packet: ours
  base::Ipv4Address destination;  // the peer's
  base::ConstByteSpan quoted;     // its TCP header, as much as was quoted; 8 bytes or more
};

class Tcp {
 public:
  // `stack` and `memory` outlive this object.
  Tcp(Stack& stack, const TcpMemory& memory);
  ~Tcp();
  Tcp(const Tcp&) = delete;
  Tcp& operator=(const Tcp&) = delete;

  // Starts a connection; connect_status() and changed() of the socket say how it goes on.
  // kInvalidArgument: port 0, or an address that is not one host's. kUnreachable: no route.
  // kResourceExhausted: every connection is in use. kBusy: options.local_port is taken.
  base::Result<TcpSocket> Connect(const base::SocketAddress& remote,
                                  const TcpOptions& options = {});

  // A segment addressed to us, from Ipv4; `packet` starts at the TCP header.
  void OnPacket(base::Pbuf&& packet, const Ipv4Meta& meta);
  // From Icmp. Believed only when the quoted sequence number is in flight (RFC 5927).
  void OnUnreachable(const TcpUnreachable& error);

  // Sends what sockets asked for since the last call and what the MAC had no room for. Stack::Poll
  // calls it after frames and timers. Returns when to call again at the latest, kNever when nothing
  // is left to send.
  base::Instant Flush();

  // Snapshots of listeners and connections, as many as fit; returns how many that was.
  size_t List(std::span<TcpInfo> out);
};

}  // namespace stack
