// How many ICMP errors may leave (RFC 1812 4.3.2.8): for all peers together, and for each one.
#pragma once

#include <array>
#include <cstdint>

#include "stack/base/address.h"
#include "stack/base/time.h"
#include "stack/config.h"

namespace stack {

class Random;

// A budget for an interval, drawn anew for each one.
class RandomBudget {
 public:
  // Takes one of `limit`/2 to `limit`. False: this interval's are used up.
  bool Take(uint32_t limit, base::Instant now, Random& random);
  base::Instant ends() const { return ends_; }

 private:
  base::Instant ends_;
  uint32_t left_ = 0;
};

class IcmpRateLimit {
 public:
  bool Allow(base::Ipv4Address peer, base::Instant now, Random& random);

 private:
  struct Peer {
    base::Ipv4Address address;
    RandomBudget budget;
  };
  Peer& PeerOf(base::Ipv4Address address);

  RandomBudget all_;
  std::array<Peer, kIcmpLimitedPeers> peers_{};
};

}  // namespace stack
