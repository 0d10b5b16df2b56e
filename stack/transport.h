// What IPv4 delivers to: TCP, UDP, ICMP and whoever else registers a protocol number.
#pragma once

#include <cstdint>

#include "stack/base/address.h"
#include "stack/base/pbuf.h"
#include "stack/base/time.h"

namespace stack {

class NetIf;

// What the IPv4 header of a received packet said.
struct Ipv4Meta {
  NetIf* netif = nullptr;
  base::Ipv4Address source;
  base::Ipv4Address destination;
  uint8_t protocol = 0;
  uint8_t ttl = 0;
  uint8_t tos = 0;
  uint8_t header_size = 0;  // the header stands right in front of the packet's first byte
  bool to_group = false;    // sent to a broadcast or multicast address, of IP or of the link
};

// An ICMP error about a packet that we sent, or the news from ARP that nobody answered.
struct IcmpError {
  uint8_t type = 0;  // wire::kIcmpUnreachable or kIcmpTimeExceeded or kIcmpParameterProblem
  uint8_t code = 0;
  uint16_t mtu = 0;            // next hop's, of "fragmentation needed"; 0: not said
  base::Ipv4Address reporter;  // who says so; our own address for news from ARP
  base::Ipv4Address source;    // of our packet
  base::Ipv4Address destination;
  base::ConstByteSpan transport;  // the front of its transport header, at least 8 bytes
};

// Registered with Ipv4::Register.
class Transport {
 public:
  // `packet` starts at the transport header. When packet.has_sum() the sum covers exactly the bytes
  // of its first part; PacketSum(packet) is right in any case. What is not moved from is dropped.
  virtual void OnPacket(base::Pbuf&& packet, const Ipv4Meta& meta) = 0;
  // A forger may have sent it: check that it quotes something that is on its way (RFC 5927).
  virtual void OnIcmpError(const IcmpError&) {}
  // After the received frames and the timers of one Stack::Poll: time to send what was put
  // together. Returns when it wants to be called again at the latest; `now` when it could not send
  // all.
  virtual base::Instant Flush(base::Instant) { return base::kNever; }

 protected:
  ~Transport() = default;
};

}  // namespace stack
