// Next hop for an address.
#pragma once

#include <span>

#include "stack/base/address.h"
#include "stack/base/result.h"

namespace stack {

class NetIf;

struct Route {
  NetIf* netif = nullptr;
  base::Ipv4Address next_hop;
  base::Ipv4Address source;  // of packets that do not name one
};

// The interface whose subnet `destination` is in, else the first one with a gateway; interfaces
// with a link come first (RFC 1122 3.3.1). Group addresses leave by the first interface.
// kUnreachable: none fits, or the address is our own, 0.0.0.0/8 or 127.0.0.0/8.
base::Result<Route> FindRoute(std::span<NetIf* const> interfaces, base::Ipv4Address destination);

}  // namespace stack
