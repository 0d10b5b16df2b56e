// ARP answers past the neighbour table: what `arping` and subnet scans read.
#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/arp.h"
#include "stack/base/address.h"
#include "stack/base/bounded.h"
#include "stack/base/executor.h"
#include "stack/base/result.h"
#include "stack/base/time.h"
#include "stack/config.h"

namespace stack {

struct ArpAnswer {
  base::Ipv4Address ip;
  base::MacAddress mac;
  base::Instant received;
};

// Hears what stations say about themselves on one interface, as long as it lives. Memory of its
// owner. Requests are sent with Arp::SendRequest.
class ArpListener : public ArpObserver {
 public:
  // `only`: replies of this address alone; 0.0.0.0: of everybody.
  ArpListener(Stack& stack, NetIf& netif, base::Ipv4Address only = {});

  // The oldest answer. kUnavailable: none came.
  base::Result<ArpAnswer> Receive();
  base::Signal& changed() { return changed_; }
  // Answers that found the queue full.
  uint32_t dropped() const { return dropped_; }

 private:
  bool OnArp(NetIf& netif, const wire::ArpPacket& packet) override;

  Stack& stack_;
  NetIf& netif_;
  base::Ipv4Address only_;
  base::Bounded<ArpAnswer, kArpListenerQueue> answers_;
  uint32_t dropped_ = 0;
  base::Signal changed_;
};

}  // namespace stack
