#include "stack/icmp_rate_limit.h"

#include <algorithm>

#include "stack/random.h"

namespace stack {

bool RandomBudget::Take(uint32_t limit, base::Instant now, Random& random) {
  if (now >= ends_) {
    ends_ = now + kIcmpErrorInterval;
    left_ = limit - random.Below(limit / 2 + 1);
  }
  if (left_ == 0) {
    return false;
  }
  --left_;
  return true;
}

// The peer's own slot, else the one that was idle longest: who is pushed out by others starts anew,
// within the budget for all.
IcmpRateLimit::Peer& IcmpRateLimit::PeerOf(base::Ipv4Address address) {
  const auto known = std::ranges::find(peers_, address, &Peer::address);
  if (known != peers_.end()) {
    return *known;
  }
  Peer& oldest =
      *std::ranges::min_element(peers_, {}, [](const Peer& peer) { return peer.budget.ends(); });
  oldest = {.address = address};
  return oldest;
}

bool IcmpRateLimit::Allow(base::Ipv4Address peer, base::Instant now, Random& random) {
  return PeerOf(peer).budget.Take(kIcmpErrorsPerPeer, now, random) &&
         all_.Take(kIcmpErrorsPerInterval, now, random);
}

}  // namespace stack
