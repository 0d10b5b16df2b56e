// TCP connections and UDP sockets, as `ss` lists them.
#pragma once

#include <cstdint>

#include "protocol/method.h"
#include "stack/stats.h"

namespace protocol {

using base::Field;

struct UdpSocketInfo {
  uint16_t port = 0;
  uint16_t queued = 0;  // datagrams
  static constexpr auto kFields =
      base::FieldList{Field{"port", &UdpSocketInfo::port}, Field{"queued", &UdpSocketInfo::queued}};
};

// Which part of the list is wanted: connections and listeners from index `first` on.
struct ConnectionsRequest {
  uint16_t first = 0;
  static constexpr auto kFields = base::FieldList{Field{"first", &ConnectionsRequest::first}};
};
struct ConnectionList {
  uint16_t total = 0;  // of TCP
  base::Bounded<stack::TcpInfo, 8> tcp{};
  base::Bounded<UdpSocketInfo, 16> udp{};
  static constexpr auto kFields =
      base::FieldList{Field{"total", &ConnectionList::total}, Field{"tcp", &ConnectionList::tcp},
                      Field{"udp", &ConnectionList::udp}};
};

using GetConnections = Method<0x0054, ConnectionsRequest, ConnectionList>;

}  // namespace protocol
