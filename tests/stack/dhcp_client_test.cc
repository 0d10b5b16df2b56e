#include "stack/dhcp_client.h"

#include <gtest/gtest.h>

#include "tests/support/dhcp_exchange.h"
#include "tests/support/same_fields.h"

namespace test::dhcp {
namespace {

TEST(DhcpClient, GetsAnAddressStepByStep) {
  Exchange exchange;
  Wire& wire = exchange.wire;
  EXPECT_FALSE(wire.host().netif().has_ipv4());
  const ClientMessage discover = exchange.Next();
  EXPECT_EQ(discover.type(), DhcpMessageType::kDiscover);
  EXPECT_TRUE(discover.packet.ethernet.destination.is_broadcast());
  EXPECT_EQ(discover.packet.ipv4->source, Ipv4Address{});
  EXPECT_EQ(discover.packet.ipv4->destination, base::kIpv4Broadcast);
  EXPECT_EQ(discover.header.client_address, Ipv4Address{});
  EXPECT_EQ(discover.options.at(61), ToBytes({1, 2, 0, 0, 0, 0, 1}));
  EXPECT_FALSE(discover.address(50));
  EXPECT_EQ(exchange.client.state(), DhcpState::kSelecting);
  EXPECT_TRUE(wire.Silent());

  wire.Advance(10ms);
  exchange.Answer({.xid = discover.header.xid});
  const ClientMessage request = exchange.Next();
  EXPECT_EQ(request.type(), DhcpMessageType::kRequest);
  EXPECT_EQ(request.packet.ipv4->source, Ipv4Address{});
  EXPECT_EQ(request.packet.ipv4->destination, base::kIpv4Broadcast);
  EXPECT_EQ(request.header.xid, discover.header.xid);
  EXPECT_EQ(request.header.secs, discover.header.secs);
  EXPECT_EQ(request.address(50), kOffered);
  EXPECT_EQ(request.address(54), kServer);
  EXPECT_TRUE(wire.Silent());

  wire.Advance(10ms);
  exchange.Answer({.type = DhcpMessageType::kAck,
                   .xid = discover.header.xid,
                   .more_options = ToBytes({6,   8,   192, 0,   2,   253, 192, 0,  2, 252, 15, 7,
                                            'e', 'x', 'a', 'm', 'p', 'l', 'e', 26, 2, 5,   220})});
  wire.Advance(1ms);
  EXPECT_EQ(exchange.client.state(), DhcpState::kProbing);
  const Packet probe = wire.Next();
  EXPECT_EQ(probe.arp->target_ip, kOffered);
  EXPECT_EQ(probe.arp->sender_ip, Ipv4Address{});
  wire.Advance(500ms);
  EXPECT_EQ(exchange.client.state(), DhcpState::kBound);
  EXPECT_EQ(wire.host().netif().ipv4(),
            (stack::Ipv4Config{.address = kOffered,
                               .mask = Ipv4Address::Mask(24),
                               .gateway = kServer,
                               .dns = {TestHost::IpOf(253), TestHost::IpOf(252)}}));
  EXPECT_EQ(exchange.client.lease().domain.view(), "example");
  EXPECT_EQ(exchange.client.lease().mtu, 1500);
  EXPECT_EQ(exchange.client.lease().renew_seconds, 1800u);
  EXPECT_EQ(exchange.client.lease().rebind_seconds, 3150u);
  const stack::DhcpTimes& times = exchange.client.times();
  EXPECT_EQ(times.offer - times.started, 11ms);
  EXPECT_EQ(times.request, times.offer);
  EXPECT_EQ(times.ack - times.request, 10ms);
  EXPECT_EQ(times.bound - times.ack, 500ms);
  EXPECT_EQ(wire.Next().arp->sender_ip, Ipv4Address{});  // second probe
  EXPECT_EQ(wire.Next().arp->sender_ip, kOffered);       // announcement
  EXPECT_TRUE(SameFields(exchange.stats(),
                         {.tx_discover = 1, .tx_request = 1, .rx_offer = 1, .rx_ack = 1}));
  EXPECT_EQ(wire.host().buffers_in_use(), 0u);
}

TEST(DhcpClient, TakesAnswersSentToTheAddressItDoesNotHaveYet) {
  Exchange exchange;
  const uint32_t xid = exchange.Next().header.xid;
  exchange.Answer({.xid = xid}, kOffered);
  EXPECT_EQ(exchange.Next().type(), DhcpMessageType::kRequest);
}

TEST(DhcpClient, RepeatsDiscoverWithTheSameNumberAndLongerWaits) {
  Exchange exchange;
  const ClientMessage first = exchange.Next();
  base::Duration wait = 4s;
  uint16_t secs = 0;
  for (int i = 0; i < 6; ++i) {
    exchange.wire.Advance(wait - 1s - 10ms);
    EXPECT_TRUE(exchange.wire.Silent()) << i;
    exchange.wire.Advance(2s + 20ms);
    const ClientMessage again = exchange.Next();
    EXPECT_EQ(again.type(), DhcpMessageType::kDiscover);
    EXPECT_EQ(again.header.xid, first.header.xid);
    EXPECT_GT(again.header.secs, secs);
    EXPECT_EQ(again.header.flags, wire::kDhcpBroadcastFlag);  // perhaps unicast did not get here
    EXPECT_TRUE(exchange.wire.Silent()) << i;
    secs = again.header.secs;
    // The next wait starts somewhere in the last two seconds.
    exchange.wire.Advance(base::Duration{});
    wait = std::min<base::Duration>(2 * wait, 64s);
    if (i >= 1) {
      break;  // what follows is only longer
    }
    wait -= 2s;
  }
  EXPECT_EQ(first.header.flags, 0);
  EXPECT_EQ(exchange.client.last_failure(), Status::kDeadlineExceeded);
}

TEST(DhcpClient, RepeatsRequestThenStartsOver) {
  Exchange exchange;
  const uint32_t xid = exchange.Next().header.xid;
  exchange.Answer({.xid = xid});
  for (int i = 0; i < stack::kDhcpRequestTries; ++i) {
    const ClientMessage request = exchange.Next();
    EXPECT_EQ(request.type(), DhcpMessageType::kRequest);
    EXPECT_EQ(request.header.xid, xid);
    while (exchange.wire.Silent()) {
      exchange.wire.Advance(1s);
    }
  }
  const ClientMessage discover = exchange.Next();
  EXPECT_EQ(discover.type(), DhcpMessageType::kDiscover);
  EXPECT_NE(discover.header.xid, xid);
}

TEST(DhcpClient, ANakStartsOverAfterAPause) {
  Exchange exchange;
  const uint32_t xid = exchange.Next().header.xid;
  exchange.Answer({.xid = xid});
  exchange.Next();
  exchange.Answer({.type = DhcpMessageType::kNak, .xid = xid, .address = {}, .lease = {}});
  EXPECT_EQ(exchange.client.last_failure(), Status::kRefused);
  exchange.wire.Advance(stack::kDhcpNakWait - 1ms);
  EXPECT_TRUE(exchange.wire.Silent());
  exchange.wire.Advance(2ms);
  const ClientMessage discover = exchange.Next();
  EXPECT_EQ(discover.type(), DhcpMessageType::kDiscover);
  EXPECT_NE(discover.header.xid, xid);
  EXPECT_EQ(exchange.stats().rx_nak, 1u);
}

TEST(DhcpClient, DeclinesAnAddressInUse) {
  Exchange exchange;
  Wire& wire = exchange.wire;
  const uint32_t xid = exchange.Next().header.xid;
  exchange.Answer({.xid = xid});
  exchange.Next();
  exchange.Answer({.type = DhcpMessageType::kAck, .xid = xid});
  wire.Advance(1ms);
  EXPECT_EQ(wire.Next().arp->target_ip, kOffered);
  wire.InjectArp({.operation = wire::kArpReply,
                  .sender_mac = TestHost::MacOf(66),
                  .sender_ip = kOffered,
                  .target_mac = kHostMac},
                 kHostMac);
  const ClientMessage decline = exchange.Next();
  EXPECT_EQ(decline.type(), DhcpMessageType::kDecline);
  EXPECT_EQ(decline.packet.ipv4->source, Ipv4Address{});
  EXPECT_EQ(decline.packet.ipv4->destination, base::kIpv4Broadcast);
  EXPECT_EQ(decline.header.client_address, Ipv4Address{});
  EXPECT_EQ(decline.address(50), kOffered);
  EXPECT_EQ(decline.address(54), kServer);
  EXPECT_EQ(exchange.client.last_failure(), Status::kBusy);
  EXPECT_EQ(exchange.client.conflict_mac(), TestHost::MacOf(66));
  EXPECT_FALSE(wire.host().netif().has_ipv4());
  wire.Advance(stack::kDhcpDeclineWait - 1ms);
  EXPECT_TRUE(wire.Silent());
  wire.Advance(2ms);
  EXPECT_EQ(exchange.Next().type(), DhcpMessageType::kDiscover);
}

TEST(DhcpClient, RenewsAtHalfTheLease) {
  Exchange exchange;
  exchange.Bind();
  exchange.IntroduceServer();
  exchange.wire.Advance(1800s - 3s);
  EXPECT_EQ(exchange.client.state(), DhcpState::kBound);
  exchange.wire.host().driver().sent().clear();
  exchange.IntroduceServer();
  exchange.wire.Advance(1s);
  const ClientMessage renew = exchange.Next();
  EXPECT_EQ(renew.type(), DhcpMessageType::kRequest);
  EXPECT_EQ(renew.packet.ipv4->source, kOffered);
  EXPECT_EQ(renew.packet.ipv4->destination, kServer);
  EXPECT_EQ(renew.header.client_address, kOffered);
  EXPECT_FALSE(renew.address(50));
  EXPECT_FALSE(renew.address(54));
  EXPECT_EQ(exchange.client.state(), DhcpState::kRenewing);
  exchange.Answer({.type = DhcpMessageType::kAck, .xid = renew.header.xid, .lease = 7200},
                  kOffered);
  EXPECT_EQ(exchange.client.state(), DhcpState::kBound);
  EXPECT_EQ(exchange.client.lease_ends() - exchange.client.times().request, 7200s);
  EXPECT_TRUE(exchange.wire.Silent());  // no new announcement
}

TEST(DhcpClient, RebindsWithAnyServerAndGivesUpAtTheEnd) {
  Exchange exchange;
  exchange.Bind();
  Wire& wire = exchange.wire;
  const base::Instant end = exchange.client.lease_ends();
  std::vector<std::pair<base::Duration, bool>> requests;  // time left, broadcast
  while (wire.now() < end - 1s) {
    wire.Advance(1s);
    while (!wire.Silent()) {
      const Packet packet = wire.Next();
      if (packet.udp) {
        requests.emplace_back(end - wire.now(), packet.ipv4->destination.is_broadcast());
        EXPECT_EQ(packet.ipv4->source, kOffered);
      }
    }
  }
  // Unicast ones wait for ARP in vain; broadcast ones from 0.875 of the lease on.
  ASSERT_GE(requests.size(), 2u);
  for (const auto& [left, broadcast] : requests) {
    EXPECT_TRUE(broadcast);
    EXPECT_LE(left, 450s);
  }
  EXPECT_TRUE(wire.host().netif().has_ipv4());
  EXPECT_EQ(exchange.client.state(), DhcpState::kRebinding);
  wire.Advance(2s);
  EXPECT_FALSE(wire.host().netif().has_ipv4());
  EXPECT_EQ(exchange.Next().type(), DhcpMessageType::kDiscover);
}

TEST(DhcpClient, AnyServerMayAnswerARebind) {
  Exchange exchange;
  exchange.Bind();
  Wire& wire = exchange.wire;
  wire.Advance(3150s);
  while (!wire.Silent()) {
    const Packet packet = wire.Next();
    if (packet.udp) {
      const auto header = base::DecodeHeader<wire::DhcpHeader>(packet.payload.data());
      exchange.Answer(
          {.type = DhcpMessageType::kAck, .xid = header.xid, .server = TestHost::IpOf(253)});
    }
  }
  EXPECT_EQ(exchange.client.state(), DhcpState::kBound);
  EXPECT_EQ(exchange.client.lease().server, TestHost::IpOf(253));
}

TEST(DhcpClient, AnEndlessLeaseIsNeverRenewed) {
  Exchange exchange;
  exchange.Bind({.lease = 0xffffffff});
  exchange.wire.Advance(std::chrono::hours(24 * 365));
  EXPECT_TRUE(exchange.wire.Silent());
  EXPECT_EQ(exchange.client.state(), DhcpState::kBound);
  EXPECT_EQ(exchange.client.lease_ends(), base::kNever);
}

TEST(DhcpClient, AsksForTheSameAddressWhenTheLinkComesBack) {
  Exchange exchange;
  exchange.Bind();
  Wire& wire = exchange.wire;
  wire.host().driver().SetLink(false);
  wire.Advance(5s);
  EXPECT_TRUE(wire.Silent());
  EXPECT_TRUE(wire.host().netif().has_ipv4());
  wire.host().driver().SetLink(true);
  wire.Advance(1ms);
  ClientMessage request;
  while (!wire.Silent() && !request.packet.udp) {  // behind the announcement
    request.packet = wire.Next();
  }
  ASSERT_TRUE(request.packet.udp);
  request.header = base::DecodeHeader<wire::DhcpHeader>(request.packet.payload.data());
  wire::DhcpOptionReader reader(request.packet.payload);
  while (const auto option = reader.Next()) {
    request.options[option->code] = ToVector(option->value);
  }
  EXPECT_EQ(exchange.client.state(), DhcpState::kRebooting);
  EXPECT_EQ(request.type(), DhcpMessageType::kRequest);
  EXPECT_EQ(request.packet.ipv4->source, Ipv4Address{});
  EXPECT_EQ(request.header.client_address, Ipv4Address{});
  EXPECT_EQ(request.address(50), kOffered);
  EXPECT_FALSE(request.address(54));
  exchange.Answer({.type = DhcpMessageType::kAck, .xid = request.header.xid});
  wire.Advance(1s);
  EXPECT_EQ(exchange.client.state(), DhcpState::kBound);
}

TEST(DhcpClient, OnAnotherNetworkItStartsOver) {
  Exchange exchange;
  exchange.Bind();
  Wire& wire = exchange.wire;
  wire.host().driver().SetLink(false);
  wire.Advance(5s);
  wire.host().driver().SetLink(true);
  wire.Advance(1ms);
  wire.Next();  // announcement
  const uint32_t xid = exchange.Next().header.xid;
  exchange.Answer({.type = DhcpMessageType::kNak,
                   .xid = xid,
                   .address = {},
                   .server = TestHost::IpOf(253),
                   .lease = {}});
  wire.Advance(1ms);
  EXPECT_FALSE(wire.host().netif().has_ipv4());
  EXPECT_EQ(exchange.Next().type(), DhcpMessageType::kDiscover);
}

TEST(DhcpClient, WithoutAnAnswerAfterTheLinkCameBackItStartsOver) {
  Exchange exchange;
  exchange.Bind();
  Wire& wire = exchange.wire;
  wire.host().driver().SetLink(false);
  wire.Advance(5s);
  wire.host().driver().SetLink(true);
  std::vector<DhcpMessageType> types;
  for (int i = 0; i < 15 && exchange.client.state() != DhcpState::kSelecting; ++i) {
    wire.Advance(1s);
    while (!wire.Silent()) {
      const Packet packet = wire.Next();
      if (packet.udp) {
        wire::DhcpOptionReader reader(packet.payload);
        types.push_back(static_cast<DhcpMessageType>(reader.Next()->value[0]));
      }
    }
  }
  EXPECT_EQ(types, (std::vector{DhcpMessageType::kRequest, DhcpMessageType::kRequest,
                                DhcpMessageType::kDiscover}));
  EXPECT_FALSE(wire.host().netif().has_ipv4());
}

TEST(DhcpClient, AnOfferIsForgottenWhenTheLinkGoes) {
  Exchange exchange;
  exchange.Answer({.xid = exchange.Next().header.xid});
  EXPECT_EQ(exchange.Next().type(), DhcpMessageType::kRequest);
  exchange.wire.host().driver().SetLink(false);
  exchange.wire.Advance(1s);
  exchange.wire.host().driver().SetLink(true);
  exchange.wire.Advance(1ms);
  EXPECT_EQ(exchange.Next().type(), DhcpMessageType::kDiscover);
}

TEST(DhcpClient, WaitsForALink) {
  Wire wire;
  wire.host().driver().SetLink(false);
  wire.Advance(1ms);
  DhcpClient client(wire.stack(), wire.host().netif());
  EXPECT_EQ(client.Start(), Status::kOk);
  wire.Advance(100s);
  EXPECT_TRUE(wire.Silent());
  EXPECT_EQ(client.state(), DhcpState::kInit);
  wire.host().driver().SetLink(true);
  wire.Advance(1ms);
  EXPECT_TRUE(wire.Next().udp);
  EXPECT_EQ(client.state(), DhcpState::kSelecting);
}

TEST(DhcpClient, ReleasesOnRequest) {
  Exchange exchange;
  exchange.Bind();
  exchange.IntroduceServer();
  exchange.client.Stop(true);
  exchange.wire.Advance(1ms);
  const ClientMessage release = exchange.Next();
  EXPECT_EQ(release.type(), DhcpMessageType::kRelease);
  EXPECT_EQ(release.packet.ipv4->source, kOffered);
  EXPECT_EQ(release.packet.ipv4->destination, kServer);
  EXPECT_EQ(release.header.client_address, kOffered);
  EXPECT_EQ(release.address(54), kServer);
  EXPECT_FALSE(exchange.wire.host().netif().has_ipv4());
  exchange.wire.Advance(std::chrono::hours(2));
  EXPECT_TRUE(exchange.wire.Silent());
  EXPECT_EQ(exchange.client.state(), DhcpState::kStopped);
}

TEST(DhcpClient, AReleaseFindsItsWayWhenTheServerMustBeResolvedFirst) {
  Exchange exchange;
  exchange.Bind();
  exchange.client.Stop(true);
  exchange.wire.Advance(1ms);
  EXPECT_EQ(exchange.wire.Next().arp->target_ip, kServer);
  exchange.wire.InjectArp({.operation = wire::kArpReply,
                           .sender_mac = kServerMac,
                           .sender_ip = kServer,
                           .target_mac = kHostMac,
                           .target_ip = kOffered},
                          kHostMac);
  EXPECT_EQ(exchange.Next().type(), DhcpMessageType::kRelease);
  EXPECT_EQ(exchange.wire.host().buffers_in_use(), 0u);
}

TEST(DhcpClient, ASecondOneOnTheSameInterfaceIsRefused) {
  Exchange exchange;
  DhcpClient second(exchange.wire.stack(), exchange.wire.host().netif());
  EXPECT_EQ(second.Start(), Status::kBusy);
}

TEST(DhcpClient, AsksForTheAddressAndNameItWasGiven) {
  Wire wire;
  DhcpClient client(wire.stack(), wire.host().netif());
  client.set_host_name("board-7");
  client.set_requested_address(TestHost::IpOf(77));
  EXPECT_EQ(client.Start(), Status::kOk);
  wire.Advance(1ms);
  const Packet packet = wire.Next();
  wire::DhcpOptionReader reader(packet.payload);
  std::map<uint8_t, ByteVector> options;
  while (const auto option = reader.Next()) {
    options[option->code] = ToVector(option->value);
  }
  EXPECT_FALSE(reader.malformed());
  EXPECT_EQ(options.at(12), ToBytes("board-7"));
  EXPECT_EQ(options.at(50), ToBytes({192, 0, 2, 77}));
}

TEST(DhcpClient, LivesWithoutBuffers) {
  for (uint32_t n = 1; n < 12; ++n) {
    Exchange exchange;
    const uint32_t xid = exchange.Next().header.xid;
    exchange.wire.host().pools().FailAllocation(n);
    for (int i = 0; i < 200 && exchange.client.state() != DhcpState::kBound; ++i) {
      // A server that answers whatever is asked.
      while (!exchange.wire.Silent()) {
        const Packet packet = exchange.wire.Next();
        if (!packet.udp) {
          continue;
        }
        const auto header = base::DecodeHeader<wire::DhcpHeader>(packet.payload.data());
        const bool is_discover = exchange.client.state() == DhcpState::kSelecting;
        exchange.Answer({.type = is_discover ? DhcpMessageType::kOffer : DhcpMessageType::kAck,
                         .xid = header.xid});
      }
      exchange.Answer({.xid = xid});
      exchange.wire.Advance(1s);
    }
    EXPECT_EQ(exchange.client.state(), DhcpState::kBound) << n;
    exchange.wire.Advance(5s);
    EXPECT_EQ(exchange.wire.host().buffers_in_use(), 0u) << n;
  }
}

}  // namespace
}  // namespace test::dhcp
