#include <algorithm>
#include <array>

#include "agent/handlers/handlers.h"
#include "stack/tcp/tcp.h"

namespace agent {

base::Result<protocol::ConnectionList> Handlers::Handle(
    protocol::GetConnections, const protocol::ConnectionsRequest& request) {
  // Connections and listeners; a board with more shows the first ones.
  std::array<stack::TcpInfo, 32> all;
  const size_t total = core_.stack.tcp().List(all);
  protocol::ConnectionList list{.total = static_cast<uint16_t>(total)};
  for (size_t i = request.first; i < total && list.tcp.Append(all[i]); ++i) {
  }
  std::array<stack::UdpBinding, decltype(list.udp)::kCapacity> udp;
  const size_t bound = core_.stack.udp().List(udp);
  for (size_t i = 0; i < bound; ++i) {
    list.udp.Append({.port = udp[i].port, .queued = udp[i].queued});
  }
  return list;
}

}  // namespace agent
