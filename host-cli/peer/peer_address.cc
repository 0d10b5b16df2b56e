#include "host-cli/peer/peer_address.h"

#include <memory>
#include <vector>

#include <ifaddrs.h>
#include <netinet/in.h>

namespace netctl {
namespace {

std::vector<base::Ipv4Address> LocalAddresses() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) {
    return {};
  }
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
  std::vector<base::Ipv4Address> addresses;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr != nullptr && entry->ifa_addr->sa_family == AF_INET) {
      const auto* name = reinterpret_cast<const sockaddr_in*>(entry->ifa_addr);
      addresses.push_back({ntohl(name->sin_addr.s_addr)});
    }
  }
  return addresses;
}

constexpr auto kLoopback = base::Ipv4Address::From(127, 0, 0, 1);

}  // namespace

std::optional<PeerAddress> FindPeerAddress(const BoardNetwork& board,
                                           std::optional<base::Ipv4Address> chosen,
                                           std::string& why) {
  const auto local = LocalAddresses();
  if (chosen) {
    for (const base::Ipv4Address address : local) {
      if (address == *chosen) {
        return PeerAddress{address, address};
      }
    }
    // Not ours: a translation (NAT, user-mode network) leads from there to this host.
    return PeerAddress{board.user_mode ? kLoopback : base::Ipv4Address{}, *chosen};
  }
  if (board.user_mode) {
    return PeerAddress{kLoopback, board.gateway};
  }
  for (const base::Ipv4Address address : local) {
    if (!address.is_loopback() && address.IsInSubnet(board.address, board.mask)) {
      return PeerAddress{address, address};
    }
  }
  why =
      "no address of this host is in the board's subnet; name the one that the board can reach "
      "with --peer ADDRESS";
  return std::nullopt;
}

}  // namespace netctl
