// What a DHCP server's message says, checked for sense.
#pragma once

#include "stack/base/bytes.h"
#include "stack/base/result.h"
#include "stack/dhcp_client.h"
#include "stack/wire/dhcp.h"

namespace stack {

struct DhcpMessage {
  wire::DhcpMessageType type = wire::DhcpMessageType::kDiscover;
  uint32_t xid = 0;
  base::MacAddress client_mac;
  DhcpLease lease;
};

// Reads a server's message. kDataLoss: too short, not from a server, no cookie, an option runs over
// its end, or no message type. Options of the wrong length are skipped.
base::Result<DhcpMessage> ParseDhcpMessage(base::ConstByteSpan message);

// False: no host could live with this (address, mask, or a lease below kDhcpMinLease). Makes right
// what can be: a missing mask, a gateway off the subnet, T1 and T2 out of order.
bool MakeUsable(DhcpLease& lease);

}  // namespace stack
