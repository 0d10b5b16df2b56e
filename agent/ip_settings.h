// Addresses of an interface: what a host may have, and starting over with DHCP.
#pragma once

#include "agent/core.h"

namespace agent {

// An address that one host may have in a subnet of the mask (RFC 1122 3.2.1.3, RFC 3021), a gateway
// in that subnet or none, and name servers that are hosts or none.
bool IsHostConfig(const stack::Ipv4Config& config);

// Ends what DHCP did before, the lease included, and starts. As stack::DhcpClient::Start.
base::Status StartDhcp(Interface& interface);

}  // namespace agent
