#include "stack/route.h"

#include "stack/netif.h"

namespace stack {
namespace {

bool IsOnLink(const NetIf& netif, base::Ipv4Address destination) {
  return netif.has_ipv4() && destination.IsInSubnet(netif.ipv4().address, netif.ipv4().mask);
}

// How well an interface fits; 0: not at all.
enum Fit : int { kNone, kGatewayDown, kGateway, kOnLinkDown, kOnLink };

Fit FitOf(const NetIf& netif, base::Ipv4Address destination) {
  if (destination.octet(0) >= 224 || IsOnLink(netif, destination)) {
    return netif.is_up() ? kOnLink : kOnLinkDown;
  }
  if (!netif.has_ipv4() || netif.ipv4().gateway.is_unspecified()) {
    return kNone;
  }
  return netif.is_up() ? kGateway : kGatewayDown;
}

}  // namespace

base::Result<Route> FindRoute(std::span<NetIf* const> interfaces, base::Ipv4Address destination) {
  const uint8_t net = destination.octet(0);
  NetIf* best = nullptr;
  Fit best_fit = kNone;
  for (NetIf* const netif : interfaces) {
    if (destination == netif->ipv4().address) {
      best_fit = kNone;
      break;
    }
    if (const Fit fit = FitOf(*netif, destination); fit > best_fit) {
      best = netif;
      best_fit = fit;
    }
  }
  if (best_fit == kNone || net == 0 || net == 127) {
    return std::unexpected(base::Status::kUnreachable);
  }
  return Route{.netif = best,
               .next_hop = best_fit >= kOnLinkDown ? destination : best->ipv4().gateway,
               .source = best->ipv4().address};
}

}  // namespace stack
