// Internet Protocol version 4: receive checks, dispatch by protocol, sending.
#pragma once

#include <array>
#include <cstdint>

#include "stack/base/address.h"
#include "stack/base/pbuf.h"
#include "stack/base/result.h"
#include "stack/config.h"
#include "stack/ipv4_reassembly.h"
#include "stack/route.h"
#include "stack/transport.h"

namespace wire {
struct Ipv4Header;
}

namespace stack {

class Stack;

class Ipv4 {
 public:
  struct SendOptions {
    base::Ipv4Address source;
    base::Ipv4Address destination;
    uint8_t protocol = 0;
    uint8_t ttl = kDefaultTtl;
    uint8_t tos = 0;
    bool dont_fragment = false;
  };

  explicit Ipv4(Stack& stack) : stack_(stack), reassembly_(stack) {}

  // Delivers packets of `protocol` to `transport`, which outlives the stack's use. kBusy: somebody
  // has it; kResourceExhausted: kMaxTransports are registered.
  base::Status Register(uint8_t protocol, Transport& transport);
  // nullptr when nobody registered.
  Transport* Find(uint8_t protocol) const;
  // Transport::Flush of all; the earliest of their deadlines.
  base::Instant FlushTransports(base::Instant now);

  // `packet` starts at the IPv4 header; `link_group`: the frame was for a group address.
  void OnPacket(NetIf& netif, base::Pbuf&& packet, bool link_group);

  // kUnreachable: no interface leads there.
  base::Result<Route> FindRoute(base::Ipv4Address destination) const;

  // Where an answer to a received packet goes; its own interface comes first. kUnreachable.
  base::Result<Route> FindRouteBack(const Ipv4Meta& meta) const;

  // Puts the IPv4 header in front of `packet` (headroom kIpHeadroom) and sends it, in fragments
  // when it is larger than the MTU. Whatever the outcome, `packet` is not to be used again.
  // kInvalidArgument: more than 65535 bytes, or larger than the MTU with dont_fragment;
  // kResourceExhausted: no buffer; else as Arp::Send.
  base::Status Send(base::Pbuf&& packet, const SendOptions& options, const Route& route);

  // A packet that ARP gave up on, from its IPv4 header on: tells its transport.
  void OnUnresolved(const base::Pbuf& packet);

 private:
  struct Registration {
    uint8_t protocol = 0;
    Transport* transport = nullptr;
  };

  void Deliver(base::Pbuf&& packet, const Ipv4Meta& meta);
  void DeliverFragment(base::Pbuf&& packet, const wire::Ipv4Header& header, Ipv4Meta meta);
  void PrependHeader(base::Pbuf& packet, size_t payload, const SendOptions& options,
                     uint16_t identification, uint16_t flags_and_offset);
  base::Status SendFragments(base::Pbuf&& packet, size_t size, const SendOptions& options,
                             const Route& route);
  base::Result<base::Pbuf> MakeFragment(const base::Pbuf& packet, size_t offset, size_t count);
  uint16_t NextIdentification(base::Ipv4Address destination);

  Stack& stack_;
  Ipv4Reassembly reassembly_;
  std::array<Registration, kMaxTransports> transports_;
  size_t transport_count_ = 0;
  std::array<uint16_t, 8> identification_{};  // by destination, see NextIdentification
};

}  // namespace stack
