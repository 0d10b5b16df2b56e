// The board's list of connections, whole.
#pragma once

#include <vector>

#include "host-cli/client.h"
#include "protocol/methods.h"

namespace netctl {

struct Connections {
  std::vector<stack::TcpInfo> tcp;
  std::vector<protocol::UdpSocketInfo> udp;
};

// In as many requests as the list needs.
Expected<Connections> ReadConnections(Client& client);

}  // namespace netctl
