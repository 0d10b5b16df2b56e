#include "stack/arp.h"

#include <utility>

#include "stack/netif.h"
#include "stack/stack.h"
#include "stack/wire/ethernet.h"

namespace stack {
namespace {

using base::Ipv4Address;
using base::MacAddress;
using base::Status;

// RFC 1112 6.4 for multicast; everything else that has no host behind it is broadcast.
MacAddress GroupMac(Ipv4Address group) {
  if (!group.is_multicast()) {
    return base::kMacBroadcast;
  }
  return {{0x01, 0x00, 0x5e, static_cast<uint8_t>(group.octet(1) & 0x7f), group.octet(2),
           group.octet(3)}};
}

// An address that no neighbour can have.
bool IsBadSender(const NetIf& netif, Ipv4Address ip) {
  const bool is_net = netif.has_ipv4() && netif.ipv4().mask.value < 0xfffffffe &&
                      ip.value == (netif.ipv4().address.value & netif.ipv4().mask.value);
  return ip.octet(0) == 0 || ip.octet(0) >= 224 || ip.is_loopback() || is_net ||
         netif.IsSubnetBroadcast(ip);
}

}  // namespace

// The low bits of an address tell neighbours apart best, so that the first look mostly hits.
ArpEntry* Arp::Find(const NetIf& netif, Ipv4Address ip) {
  for (size_t i = 0; i < kArpEntries; ++i) {
    ArpEntry& entry = entries_[(ip.value + i) & (kArpEntries - 1)];
    if (entry.ip == ip && entry.netif == &netif && entry.state != ArpState::kFree) {
      return &entry;
    }
  }
  return nullptr;
}

// Neighbours that nobody talked to for a minute make room, the longest known first; the gateway and
// those that are asked for never do.
bool Arp::MayEvict(const ArpEntry& entry) const {
  return entry.state == ArpState::kReachable && !entry.used &&
         entry.ip != entry.netif->ipv4().gateway;
}

ArpEntry* Arp::Allocate(NetIf& netif, Ipv4Address ip) {
  ArpEntry* chosen = nullptr;
  for (size_t i = 0; i < kArpEntries; ++i) {
    ArpEntry& entry = entries_[(ip.value + i) & (kArpEntries - 1)];
    if (entry.state == ArpState::kFree) {
      chosen = &entry;
      break;
    }
    if (MayEvict(entry) && (chosen == nullptr || entry.due < chosen->due)) {
      chosen = &entry;
    }
  }
  if (chosen == nullptr) {
    ++stack_.stats().arp.table_full;
    return nullptr;
  }
  if (chosen->state != ArpState::kFree) {
    ++stack_.stats().arp.evicted;
  }
  chosen->netif = &netif;
  chosen->ip = ip;
  chosen->used = false;
  return chosen;
}

void Arp::Free(ArpEntry& entry) {
  entry.state = ArpState::kFree;
  entry.waiting.Reset();
}

Status Arp::Send(NetIf& netif, Ipv4Address next_hop, base::Pbuf&& packet) {
  ArpEntry* const entry = Find(netif, next_hop);
  if (entry != nullptr && entry->has_mac()) {
    entry->used = true;
    return stack_.ethernet().Send(netif, entry->mac, wire::kEtherTypeIpv4, std::move(packet));
  }
  return SendUnresolved(netif, next_hop, std::move(packet));
}

Status Arp::SendUnresolved(NetIf& netif, Ipv4Address next_hop, base::Pbuf&& packet) {
  base::Pbuf owned = std::move(packet);
  if (next_hop.octet(0) >= 224 || netif.IsSubnetBroadcast(next_hop)) {
    return stack_.ethernet().Send(netif, GroupMac(next_hop), wire::kEtherTypeIpv4,
                                  std::move(owned));
  }
  ArpEntry* entry = Find(netif, next_hop);
  if (entry == nullptr) {
    entry = Allocate(netif, next_hop);
    if (entry == nullptr) {
      return Status::kResourceExhausted;
    }
    entry->state = ArpState::kResolving;
    entry->tries = 0;
    Ask(*entry);
  }
  if (entry->waiting) {
    ++stack_.stats().arp.queue_replaced;
  }
  owned.set_holder(base::Holder::kArpWait);
  entry->waiting = std::move(owned);
  return Status::kOk;
}

Status Arp::SendPacket(NetIf& netif, const MacAddress& destination, const wire::ArpPacket& packet) {
  auto pbuf =
      stack_.pools().Allocate(EthernetDriver::kReceiveHeadroom + wire::kEthernetHeaderSize,
                              wire::kMinFrame - wire::kEthernetHeaderSize, base::Holder::kStack);
  if (!pbuf) {
    ++stack_.stats().arp.tx_no_buffer;
    return pbuf.error();
  }
  base::EncodeHeader(packet, pbuf->Append(wire::kArpPacketSize).data());
  return stack_.ethernet().Send(netif, destination, wire::kEtherTypeArp, std::move(*pbuf));
}

Status Arp::SendRequest(NetIf& netif, Ipv4Address target, Ipv4Address sender,
                        const MacAddress& destination) {
  ++stack_.stats().arp.tx_requests;
  return SendPacket(netif, destination,
                    {.operation = wire::kArpRequest,
                     .sender_mac = netif.mac(),
                     .sender_ip = sender,
                     .target_ip = target});
}

Status Arp::Announce(NetIf& netif) {
  ++stack_.stats().arp.tx_announcements;
  return SendPacket(netif, base::kMacBroadcast,
                    {.operation = wire::kArpRequest,
                     .sender_mac = netif.mac(),
                     .sender_ip = netif.ipv4().address,
                     .target_ip = netif.ipv4().address});
}

void Arp::Reply(NetIf& netif, const wire::ArpPacket& request) {
  const Status status = SendPacket(netif, request.sender_mac,
                                   {.operation = wire::kArpReply,
                                    .sender_mac = netif.mac(),
                                    .sender_ip = request.target_ip,
                                    .target_mac = request.sender_mac,
                                    .target_ip = request.sender_ip});
  if (status == Status::kOk) {
    ++stack_.stats().arp.tx_replies;
  }
}

void Arp::OnPacket(NetIf& netif, const base::Pbuf& packet) {
  ArpStats& stats = stack_.stats().arp;
  if (packet.bytes().size() < wire::kArpPacketSize) {
    ++stats.rx_malformed;
    return;
  }
  const auto arp = base::DecodeHeader<wire::ArpPacket>(packet.data());
  const bool is_request = arp.operation == wire::kArpRequest;
  if (!arp.is_ipv4_over_ethernet() || (!is_request && arp.operation != wire::kArpReply)) {
    ++stats.rx_malformed;
    return;
  }
  if (arp.sender_mac.is_group() || arp.sender_mac.is_zero() || arp.sender_mac == netif.mac()) {
    ++stats.rx_bad_sender;
    return;
  }
  ++(is_request ? stats.rx_requests : stats.rx_replies);
  const bool asked_for = NotifyObservers(netif, arp);
  if (netif.has_ipv4() && arp.sender_ip == netif.ipv4().address) {
    return OnConflict(netif, arp);
  }
  const bool for_us = is_request && netif.has_ipv4() && arp.target_ip == netif.ipv4().address;
  if (!arp.sender_ip.is_unspecified()) {  // 0.0.0.0 probes (RFC 5227 2.1.1): nothing to learn
    if (IsBadSender(netif, arp.sender_ip)) {
      ++stats.rx_bad_sender;
      return;
    }
    Learn(netif, arp, for_us, asked_for);
  }
  if (for_us) {
    Reply(netif, arp);
  }
}

bool Arp::NotifyObservers(NetIf& netif, const wire::ArpPacket& packet) {
  bool asked_for = false;
  for (ArpObserver* next = observers_.first(); next != nullptr;) {
    ArpObserver* const observer = next;
    next = observers_.Next(*observer);  // the observer may leave
    asked_for |= observer->OnArp(netif, packet);
  }
  return asked_for;
}

// RFC 5227 2.4 (c): keep the address, say so, but at most once in ten seconds, so that two who do
// the same never answer each other for ever.
void Arp::OnConflict(NetIf& netif, const wire::ArpPacket& packet) {
  ++stack_.stats().arp.rx_conflict;
  const base::Instant now = stack_.now();
  netif.conflict_ = {.mac = packet.sender_mac, .when = now};
  if (now < netif.defend_after_) {
    return;
  }
  netif.defend_after_ = now + kArpDefendInterval;
  if (Announce(netif) != Status::kOk) {
    return;  // the next conflicting packet tries again after the interval
  }
}

// Only those who ask for us get a new entry (RFC 826 "packet reception"); a reply that nobody asked
// for changes nothing. A known neighbour that answers with another address is asked at the old one
// first: whoever is still there keeps the entry.
void Arp::Learn(NetIf& netif, const wire::ArpPacket& packet, bool for_us, bool asked_for) {
  ArpStats& stats = stack_.stats().arp;
  ArpEntry* entry = Find(netif, packet.sender_ip);
  if (entry == nullptr) {
    if (!for_us) {
      stats.rx_unsolicited += packet.operation == wire::kArpReply && !asked_for ? 1 : 0;
      return;
    }
    const Ipv4Address ip = packet.sender_ip;
    if (!ip.IsInSubnet(netif.ipv4().address, netif.ipv4().mask)) {
      return;
    }
    entry = Allocate(netif, ip);
    if (entry != nullptr) {
      Confirm(*entry, packet.sender_mac);
    }
    return;
  }
  if (!entry->has_mac() || entry->mac == packet.sender_mac) {
    return Confirm(*entry, packet.sender_mac);
  }
  ++stats.rx_mac_changed;
  if (entry->state == ArpState::kReachable) {
    entry->state = ArpState::kConfirming;
    entry->tries = 0;
    Ask(*entry);
  }
}

void Arp::Confirm(ArpEntry& entry, const MacAddress& mac) {
  entry.mac = mac;
  entry.state = ArpState::kReachable;
  entry.used = false;
  SetDue(entry, stack_.now() + kArpReachableTime);
  if (entry.waiting) {
    entry.used = true;
    base::Pbuf packet = std::move(entry.waiting);
    packet.set_holder(base::Holder::kStack);
    // A refusal is counted by the layer that refuses; whoever sent the packet is long gone.
    static_cast<void>(
        stack_.ethernet().Send(*entry.netif, entry.mac, wire::kEtherTypeIpv4, std::move(packet)));
  }
}

void Arp::SetDue(ArpEntry& entry, base::Instant due) {
  entry.due = due;
  if (!timer_.armed() || due < timer_.deadline()) {
    stack_.timers().Arm(timer_, due);
  }
}

// One more request: to everybody while resolving, to the neighbour itself while confirming.
void Arp::Ask(ArpEntry& entry) {
  ++entry.tries;
  SetDue(entry, stack_.now() + kArpRequestInterval);
  // A request that does not get out is like one that gets lost.
  static_cast<void>(
      SendRequest(*entry.netif, entry.ip, entry.netif->ipv4().address,
                  entry.state == ArpState::kConfirming ? entry.mac : base::kMacBroadcast));
}

void Arp::OnDue(ArpEntry& entry) {
  // Without an address a request would look like a probe (RFC 5227 2.1.1).
  if (!entry.netif->has_ipv4()) {
    return Free(entry);
  }
  if (entry.state == ArpState::kReachable) {
    if (!entry.used) {
      return Free(entry);
    }
    entry.state = ArpState::kConfirming;
    entry.tries = 0;
    return Ask(entry);
  }
  if (entry.tries < kArpRequestTries) {
    return Ask(entry);
  }
  if (entry.state == ArpState::kResolving && entry.waiting) {
    ++stack_.stats().arp.unresolved;
    base::Pbuf packet = std::move(entry.waiting);
    Free(entry);
    return stack_.ipv4().OnUnresolved(packet);
  }
  Free(entry);
}

void Arp::OnTimer(base::Instant now) {
  for (ArpEntry& entry : entries_) {
    if (entry.state != ArpState::kFree && entry.due <= now) {
      OnDue(entry);
    }
  }
  // Apart from the above, where news of an unreachable neighbour may have made new entries.
  base::Instant next = base::kNever;
  for (const ArpEntry& entry : entries_) {
    if (entry.state != ArpState::kFree) {
      next = base::Earlier(next, entry.due);
    }
  }
  if (next != base::kNever) {
    stack_.timers().Arm(timer_, next);
  }
}

void Arp::OnAddressChange(NetIf& netif) {
  netif.conflict_ = {};
  // Without an address the neighbours stay, so that a last packet from the old one, such as a DHCP
  // RELEASE, still finds its way.
  if (!netif.has_ipv4()) {
    netif.announcements_left_ = 0;
    return;
  }
  Flush(netif);
  netif.announcements_left_ = kArpAnnouncements;
  OnAnnounceTimer(stack_.now());
}

// RFC 5227 2.3: more than one, because one may get lost.
void Arp::OnAnnounceTimer(base::Instant now) {
  bool more = false;
  for (NetIf* const netif : stack_.interfaces()) {
    if (netif->announcements_left_ == 0) {
      continue;
    }
    --netif->announcements_left_;
    static_cast<void>(Announce(*netif));  // counted by the layer that refuses
    more |= netif->announcements_left_ != 0;
  }
  if (more) {
    stack_.timers().Arm(announce_timer_, now + kArpAnnounceInterval);
  }
}

void Arp::Flush(NetIf& netif) {
  for (ArpEntry& entry : entries_) {
    if (entry.state != ArpState::kFree && entry.netif == &netif) {
      Free(entry);
    }
  }
}

}  // namespace stack
