#include "stack/address_probe.h"

#include <gtest/gtest.h>

#include "tests/support/test_host.h"

namespace test {
namespace {

using stack::AddressProbe;
using stack::ProbeState;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr Ipv4Address kWanted = TestHost::IpOf(77);

TEST(AddressProbe, ThreeProbesAndSilenceMeanFree) {
  Wire wire;
  AddressProbe probe(wire.stack());
  probe.Start(wire.host().netif(), kWanted);
  wire.Advance(1s);
  for (int i = 0; i < 3; ++i) {
    const Packet packet = wire.Next();
    EXPECT_TRUE(packet.ethernet.destination.is_broadcast());
    EXPECT_EQ(*packet.arp, (wire::ArpPacket{.operation = wire::kArpRequest,
                                            .sender_mac = wire.host().mac(),
                                            .target_ip = kWanted}));
    EXPECT_TRUE(wire.Silent());
    EXPECT_EQ(probe.state(), ProbeState::kProbing);
    wire.Advance(2s);
  }
  wire.Advance(2s);
  EXPECT_EQ(probe.state(), ProbeState::kFree);
  wire.Advance(60s);
  EXPECT_TRUE(wire.Silent());
}

TEST(AddressProbe, AClaimMeansInUse) {
  Wire wire;
  AddressProbe probe(wire.stack());
  probe.Start(wire.host().netif(), kWanted, stack::kShortTiming);
  wire.Advance(1ms);
  wire.Next();
  wire.InjectArp({.operation = wire::kArpReply,
                  .sender_mac = Wire::kPeerMac,
                  .sender_ip = kWanted,
                  .target_mac = wire.host().mac()},
                 wire.host().mac());
  EXPECT_EQ(probe.state(), ProbeState::kInUse);
  EXPECT_EQ(probe.holder(), Wire::kPeerMac);
  wire.Advance(10s);
  EXPECT_TRUE(wire.Silent());
}

TEST(AddressProbe, SomebodyElseProbingMeansInUse) {
  Wire wire;
  AddressProbe probe(wire.stack());
  probe.Start(wire.host().netif(), kWanted, stack::kShortTiming);
  wire.InjectArp(
      {.operation = wire::kArpRequest, .sender_mac = Wire::kPeerMac, .target_ip = kWanted},
      base::kMacBroadcast);
  EXPECT_EQ(probe.state(), ProbeState::kInUse);
}

TEST(AddressProbe, OthersTrafficSaysNothing) {
  Wire wire;
  AddressProbe probe(wire.stack());
  probe.Start(wire.host().netif(), kWanted, stack::kShortTiming);
  wire.InjectArp({.operation = wire::kArpRequest,
                  .sender_mac = Wire::kPeerMac,
                  .sender_ip = Wire::kPeerIp,
                  .target_ip = kWanted},
                 base::kMacBroadcast);
  wire.Advance(1s);
  EXPECT_EQ(probe.state(), ProbeState::kFree);
}

TEST(AddressProbe, StopEndsIt) {
  Wire wire;
  AddressProbe probe(wire.stack());
  probe.Start(wire.host().netif(), kWanted);
  probe.Stop();
  wire.Advance(10s);
  EXPECT_TRUE(wire.Silent());
  EXPECT_EQ(probe.state(), ProbeState::kIdle);
}

}  // namespace
}  // namespace test
