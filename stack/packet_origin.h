// What a waiting packet is remembered by. It stands in the packet's own buffer, in front of the
// payload, where the headers were that nobody needs any more.
#pragma once

#include <cstdint>
#include <cstring>

#include "stack/base/address.h"
#include "stack/base/pbuf.h"
#include "stack/base/time.h"

namespace stack {

class NetIf;

struct PacketOrigin {
  NetIf* netif = nullptr;
  base::Instant received;
  base::Ipv4Address from;
  base::Ipv4Address to;
  uint16_t number = 0;  // source port, or sequence number of an echo
  uint8_t ttl = 0;
};
// Ethernet, IPv4 and the 8 bytes of UDP or ICMP.
static_assert(sizeof(PacketOrigin) <= 14 + 20 + 8);

// `packet` was received, is the only holder of its buffer, and its headers are stripped.
inline void Remember(const base::Pbuf& packet, const PacketOrigin& origin) {
  std::memcpy(packet.data() - sizeof(origin), &origin, sizeof(origin));
}
inline PacketOrigin Recall(const base::Pbuf& packet) {
  PacketOrigin origin;
  std::memcpy(&origin, packet.data() - sizeof(origin), sizeof(origin));
  return origin;
}

}  // namespace stack
