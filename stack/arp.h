// Address resolution (RFC 826) with the host rules of RFC 1122 2.3.2 and RFC 5227.
//
//              request sent                 answer                    60 s, used
//   kFree ----------------> kResolving ----------------> kReachable --------------> kConfirming
//     ^                         | no answer, 3 tries         ^  |  60 s, not used     |   | answer
//     +-------------------------+----------------------------|--+                     |   |
//     +------------------------------------------------------+------------------------+---+
//                                                              no answer: resolve again
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "stack/base/address.h"
#include "stack/base/intrusive_list.h"
#include "stack/base/pbuf.h"
#include "stack/base/result.h"
#include "stack/base/time.h"
#include "stack/base/timer_queue.h"
#include "stack/config.h"
#include "stack/wire/arp.h"

namespace stack {

class NetIf;
class Stack;

enum class ArpState : uint8_t { kFree, kResolving, kReachable, kConfirming };

struct ArpEntry {
  NetIf* netif = nullptr;
  base::Ipv4Address ip;
  base::MacAddress mac;  // valid when has_mac()
  ArpState state = ArpState::kFree;
  uint8_t tries = 0;
  bool used = false;  // since it was confirmed
  base::Instant due;  // of the next request, or when the entry grows old
  base::Pbuf waiting;

  bool has_mac() const { return state >= ArpState::kReachable; }
};

// Sees every well-formed ARP packet: `arping`, scans, address probes.
class ArpObserver : public base::ListNode {
 public:
  // Returns true when this was an answer that the observer had asked for.
  virtual bool OnArp(NetIf& netif, const wire::ArpPacket& packet) = 0;

 protected:
  ~ArpObserver() = default;
};

class Arp {
 public:
  explicit Arp(Stack& stack) : stack_(stack), timer_(*this), announce_timer_(*this) {}

  // Sends an IPv4 packet to `next_hop`, which may be a group address, or keeps it until the
  // neighbour has answered; one packet waits for each neighbour, a newer one replaces it. The
  // packet is gone whatever the outcome. kResourceExhausted: the table is full of neighbours in
  // use; else as Ethernet::Send.
  base::Status Send(NetIf& netif, base::Ipv4Address next_hop, base::Pbuf&& packet);

  void OnPacket(NetIf& netif, const base::Pbuf& packet);

  // Asks for `target`, to everybody or to one station. `sender` is our address, or 0.0.0.0 for a
  // probe (RFC 5227 2.1.1).
  base::Status SendRequest(NetIf& netif, base::Ipv4Address target, base::Ipv4Address sender,
                           const base::MacAddress& destination = base::kMacBroadcast);
  // Tells everybody our address (RFC 5227 2.3).
  base::Status Announce(NetIf& netif);

  // Forgets the neighbours and announces the address, twice; without one it does neither.
  void OnAddressChange(NetIf& netif);

  // Forgets the neighbours of one interface; packets that wait are dropped.
  void Flush(NetIf& netif);
  std::span<const ArpEntry> entries() const { return entries_; }

  void Observe(ArpObserver& observer) { observers_.PushBack(observer); }

 private:
  ArpEntry* Find(const NetIf& netif, base::Ipv4Address ip);
  ArpEntry* Allocate(NetIf& netif, base::Ipv4Address ip);
  bool MayEvict(const ArpEntry& entry) const;
  void Free(ArpEntry& entry);
  base::Status SendUnresolved(NetIf& netif, base::Ipv4Address next_hop, base::Pbuf&& packet);
  base::Status SendPacket(NetIf& netif, const base::MacAddress& destination,
                          const wire::ArpPacket& packet);
  void Reply(NetIf& netif, const wire::ArpPacket& request);
  bool NotifyObservers(NetIf& netif, const wire::ArpPacket& packet);
  void OnConflict(NetIf& netif, const wire::ArpPacket& packet);
  void Learn(NetIf& netif, const wire::ArpPacket& packet, bool for_us, bool asked_for);
  void Confirm(ArpEntry& entry, const base::MacAddress& mac);
  void SetDue(ArpEntry& entry, base::Instant due);
  void Ask(ArpEntry& entry);
  void OnDue(ArpEntry& entry);
  void OnTimer(base::Instant now);
  void OnAnnounceTimer(base::Instant now);

  Stack& stack_;
  std::array<ArpEntry, kArpEntries> entries_;
  base::IntrusiveList<ArpObserver> observers_;
  base::MemberTimer<Arp, &Arp::OnTimer> timer_;
  base::MemberTimer<Arp, &Arp::OnAnnounceTimer> announce_timer_;
};

}  // namespace stack
