#include "stack/ipv4.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "stack/netif.h"
#include "stack/stack.h"
#include "stack/wire/dhcp.h"
#include "stack/wire/icmp.h"
#include "stack/wire/ipv4.h"
#include "stack/wire/udp.h"

namespace stack {
namespace {

using base::Ipv4Address;
using base::Status;
using wire::Ipv4Header;

constexpr Ipv4Address kAllHosts = Ipv4Address::From(224, 0, 0, 1);  // RFC 1112 4

// Options (RFC 791 3.1).
constexpr uint8_t kOptionEnd = 0;
constexpr uint8_t kOptionNop = 1;
constexpr uint8_t kOptionLooseRoute = 131;
constexpr uint8_t kOptionStrictRoute = 137;

// Why a packet is dropped: the counter that says so. nullptr: it is not.
using Reason = uint32_t Ipv4Stats::*;

// Nothing here acts on options; they must be well-formed, and source routes are not followed
// (RFC 7126 4.3, 4.4).
Reason CheckOptions(base::ConstByteSpan options) {
  while (!options.empty()) {
    const auto kind = static_cast<uint8_t>(options[0]);
    if (kind == kOptionEnd) {
      return nullptr;
    }
    if (kind == kOptionNop) {
      options = options.subspan(1);
      continue;
    }
    if (kind == kOptionLooseRoute || kind == kOptionStrictRoute) {
      return &Ipv4Stats::rx_source_routed;
    }
    const size_t size = options.size() < 2 ? 0 : static_cast<size_t>(options[1]);
    if (size < 2 || size > options.size()) {
      return &Ipv4Stats::rx_bad_option;
    }
    options = options.subspan(size);
  }
  return nullptr;
}

// The rare ones, away from the path of the others: versions that are not 4, and options.
[[gnu::noinline]] Reason CheckLongHeader(base::ConstByteSpan packet, uint8_t version_and_size) {
  const size_t header_size = size_t{4} * (version_and_size & 0xf);
  if (version_and_size >> 4 != 4) {
    return &Ipv4Stats::rx_bad_version;
  }
  if (header_size < wire::kIpv4HeaderSize || header_size > packet.size()) {
    return &Ipv4Stats::rx_bad_header_length;
  }
  const base::ConstByteSpan header = packet.first(header_size);
  if (!base::SumIsGood(base::SumBytes(header))) {
    return &Ipv4Stats::rx_bad_checksum;
  }
  return CheckOptions(header.subspan(wire::kIpv4HeaderSize));
}

// Lengths first: nothing below looks beyond them.
inline Reason CheckHeader(base::ConstByteSpan packet, const Ipv4Header& header) {
  constexpr uint8_t kShortHeader = 0x45;
  if (header.version_and_size != kShortHeader) [[unlikely]] {
    const Reason reason = CheckLongHeader(packet, header.version_and_size);
    if (reason != nullptr) {
      return reason;
    }
  } else if (!base::SumIsGood(base::SumWords<wire::kIpv4HeaderSize / 4>(packet.data()))) {
    return &Ipv4Stats::rx_bad_checksum;
  }
  return header.total_length < header.header_size() || header.total_length > packet.size()
             ? &Ipv4Stats::rx_bad_total_length
             : nullptr;
}

// RFC 1122 3.2.1.3. Our own address as the source: a reflection, or LAND.
inline bool IsBadSource(const NetIf& netif, Ipv4Address source) {
  const uint8_t net = source.octet(0);
  return net == 0 || net == 127 || net >= 224 || source == netif.ipv4().address ||
         netif.IsSubnetBroadcast(source);
}

// RFC 2131 4.1: a client without an address takes what a server sends to the address it offers.
[[gnu::noinline]] bool IsDhcpAnswer(const NetIf& netif, base::ConstByteSpan packet,
                                    const Ipv4Header& header) {
  const size_t header_size = header.header_size();
  return !netif.has_ipv4() && header.protocol == wire::kProtocolUdp && !header.is_fragment() &&
         !header.destination.is_loopback() && !header.destination.is_multicast() &&
         header.total_length >= header_size + wire::kUdpHeaderSize &&
         base::LoadBe16(packet.data() + header_size + 2) == wire::kDhcpClientPort;
}

[[gnu::noinline]] bool IsGroup(const NetIf& netif, Ipv4Address destination) {
  return destination.is_broadcast() || destination == kAllHosts ||
         netif.IsSubnetBroadcast(destination);
}

}  // namespace

Status Ipv4::Register(uint8_t protocol, Transport& transport) {
  if (Find(protocol) != nullptr) {
    return Status::kBusy;
  }
  if (transport_count_ == transports_.size()) {
    return Status::kResourceExhausted;
  }
  transports_[transport_count_++] = {protocol, &transport};
  return Status::kOk;
}

Transport* Ipv4::Find(uint8_t protocol) const {
  for (size_t i = 0; i < transport_count_; ++i) {
    if (transports_[i].protocol == protocol) {
      return transports_[i].transport;
    }
  }
  return nullptr;
}

base::Instant Ipv4::FlushTransports(base::Instant now) {
  base::Instant next = base::kNever;
  for (size_t i = 0; i < transport_count_; ++i) {
    next = base::Earlier(next, transports_[i].transport->Flush(now));
  }
  return next;
}

void Ipv4::OnPacket(NetIf& netif, base::Pbuf&& packet, bool link_group) {
  Ipv4Stats& stats = stack_.stats().ipv4;
  ++stats.rx_packets;
  if (packet.bytes().size() < wire::kIpv4HeaderSize) {
    ++stats.rx_too_short;
    return;
  }
  const auto header = base::DecodeHeader<Ipv4Header>(packet.data());
  if (const Reason reason = CheckHeader(packet.bytes(), header); reason != nullptr) {
    ++(stats.*reason);
    return;
  }
  if (IsBadSource(netif, header.source)) {
    ++stats.rx_bad_source;
    return;
  }
  const bool for_us = header.destination == netif.ipv4().address && netif.has_ipv4();
  const bool to_group = !for_us && IsGroup(netif, header.destination);
  if (!for_us && !to_group && !IsDhcpAnswer(netif, packet.bytes(), header)) {
    ++stats.rx_not_for_us;
    return;
  }
  if (for_us && link_group) {
    ++stats.rx_link_broadcast;
    return;
  }
  if (const size_t padding = packet.bytes().size() - header.total_length; padding != 0) {
    packet.StripBack(padding);
  }
  packet.StripFront(header.header_size());  // adds up to zero: the checksum was right
  const Ipv4Meta meta{.netif = &netif,
                      .source = header.source,
                      .destination = header.destination,
                      .protocol = header.protocol,
                      .ttl = header.ttl,
                      .tos = header.tos,
                      .header_size = static_cast<uint8_t>(header.header_size()),
                      .to_group = to_group};
  if (header.is_fragment()) [[unlikely]] {
    return DeliverFragment(std::move(packet), header, meta);
  }
  Deliver(std::move(packet), meta);
}

void Ipv4::DeliverFragment(base::Pbuf&& packet, const wire::Ipv4Header& header, Ipv4Meta meta) {
  ++stack_.stats().ipv4.rx_fragments;
  base::Pbuf datagram = reassembly_.OnFragment(std::move(packet),
                                               {.identification = header.identification,
                                                .offset = header.fragment_offset(),
                                                .more = header.more_fragments()},
                                               meta);
  if (datagram) {
    Deliver(std::move(datagram), meta);
  }
}

void Ipv4::Deliver(base::Pbuf&& packet, const Ipv4Meta& meta) {
  Ipv4Stats& stats = stack_.stats().ipv4;
  Transport* const transport = Find(meta.protocol);
  if (transport == nullptr) {
    ++stats.rx_unknown_protocol;
    return stack_.icmp().SendError(wire::kIcmpUnreachable, wire::kUnreachableProtocol, packet,
                                   meta);
  }
  ++stats.rx_delivered;
  transport->OnPacket(std::move(packet), meta);
}

base::Result<Route> Ipv4::FindRouteBack(const Ipv4Meta& meta) const {
  const Ipv4Config& config = meta.netif->ipv4();
  if (meta.source.IsInSubnet(config.address, config.mask)) {
    return Route{.netif = meta.netif, .next_hop = meta.source, .source = config.address};
  }
  return FindRoute(meta.source);
}

base::Result<Route> Ipv4::FindRoute(Ipv4Address destination) const {
  return stack::FindRoute(stack_.interfaces(), destination);
}

// One counter for each of a few groups of destinations, none of them for all, so that nobody can
// count our packets to others (RFC 7739 5 shows the attack for IPv6); the starts are random.
uint16_t Ipv4::NextIdentification(Ipv4Address destination) {
  const size_t group = (destination.value * 0x9e3779b1u) >> 29;
  uint16_t& next = identification_[group];
  if (next == 0) {
    next = stack_.random().Next16();
  }
  return next++;
}

inline void Ipv4::PrependHeader(base::Pbuf& packet, size_t payload, const SendOptions& options,
                                uint16_t identification, uint16_t flags_and_offset) {
  Ipv4Header header{.tos = options.tos,
                    .total_length = static_cast<uint16_t>(payload + wire::kIpv4HeaderSize),
                    .identification = identification,
                    .flags_and_offset = flags_and_offset,
                    .ttl = options.ttl,
                    .protocol = options.protocol,
                    .source = options.source,
                    .destination = options.destination};
  header.checksum = wire::HeaderChecksum(header);
  base::EncodeHeader(header, packet.Prepend(wire::kIpv4HeaderSize).data());
}

Status Ipv4::Send(base::Pbuf&& packet, const SendOptions& options, const Route& route) {
  const size_t size = packet.size();
  if (size + wire::kIpv4HeaderSize > route.netif->mtu()) [[unlikely]] {
    return SendFragments(std::move(packet), size, options, route);
  }
  // RFC 6864 4.1: what is never cut up needs no number.
  const uint16_t identification =
      options.dont_fragment ? uint16_t{0} : NextIdentification(options.destination);
  PrependHeader(packet, size, options, identification,
                options.dont_fragment ? Ipv4Header::kDontFragment : uint16_t{0});
  ++stack_.stats().ipv4.tx_packets;
  return stack_.arp().Send(*route.netif, route.next_hop, std::move(packet));
}

// RFC 791 3.2. Each fragment is a header of its own in front of a share of the packet's bytes.
Status Ipv4::SendFragments(base::Pbuf&& packet, size_t size, const SendOptions& options,
                           const Route& route) {
  base::Pbuf owned = std::move(packet);
  Ipv4Stats& stats = stack_.stats().ipv4;
  if (options.dont_fragment || size + wire::kIpv4HeaderSize > 0xffff) {
    ++stats.tx_too_big;
    return Status::kInvalidArgument;
  }
  const size_t most = (route.netif->mtu() - wire::kIpv4HeaderSize) & ~size_t{7};
  const uint16_t identification = NextIdentification(options.destination);
  for (size_t offset = 0; offset < size; offset += most) {
    const size_t count = std::min(most, size - offset);
    auto fragment = MakeFragment(owned, offset, count);
    if (!fragment) {
      ++stats.tx_no_buffer;
      return fragment.error();
    }
    const uint16_t more = offset + count < size ? Ipv4Header::kMoreFragments : uint16_t{0};
    PrependHeader(*fragment, count, options, identification,
                  static_cast<uint16_t>(offset / 8 | more));
    ++stats.tx_fragments;
    RETURN_IF_ERROR(stack_.arp().Send(*route.netif, route.next_hop, std::move(*fragment)));
  }
  ++stats.tx_fragmented;
  ++stats.tx_packets;
  return Status::kOk;
}

base::Result<base::Pbuf> Ipv4::MakeFragment(const base::Pbuf& packet, size_t offset, size_t count) {
  auto piece = packet.Share(base::Holder::kStack);
  if (!piece) {
    return piece;
  }
  piece->TrimBack(piece->size() - offset - count);
  piece->TrimFront(offset);
  return stack_.pools().AllocateFront(kIpHeadroom, std::move(*piece));
}

void Ipv4::OnUnresolved(const base::Pbuf& packet) {
  stack_.icmp().ReportUnreachable(packet.bytes());
}

}  // namespace stack
