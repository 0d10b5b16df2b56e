#include "stack/arp.h"

#include <gtest/gtest.h>

#include "stack/arp_listener.h"
#include "tests/support/same_fields.h"
#include "tests/support/test_host.h"

namespace test {
namespace {

using base::Status;
using stack::ArpState;
using stack::StackStats;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

constexpr MacAddress kPeerMac = Wire::kPeerMac;
constexpr Ipv4Address kPeerIp = Wire::kPeerIp;
constexpr MacAddress kHostMac = TestHost::MacOf(1);
constexpr Ipv4Address kHostIp = TestHost::IpOf(1);

constexpr wire::ArpPacket kRequest{.operation = wire::kArpRequest,
                                   .sender_mac = kPeerMac,
                                   .sender_ip = kPeerIp,
                                   .target_ip = kHostIp};
constexpr wire::ArpPacket kReply{.operation = wire::kArpReply,
                                 .sender_mac = kPeerMac,
                                 .sender_ip = kPeerIp,
                                 .target_mac = kHostMac,
                                 .target_ip = kHostIp};

const stack::ArpEntry* EntryOf(Wire& wire, Ipv4Address ip) {
  for (const stack::ArpEntry& entry : wire.stack().arp().entries()) {
    if (entry.state != ArpState::kFree && entry.ip == ip) {
      return &entry;
    }
  }
  return nullptr;
}
size_t Entries(Wire& wire) {
  return static_cast<size_t>(std::ranges::count_if(
      wire.stack().arp().entries(),
      [](const stack::ArpEntry& entry) { return entry.state != ArpState::kFree; }));
}

Status SendText(Wire& wire, std::string_view text, Ipv4Address to = kPeerIp) {
  stack::UdpSocket socket(wire.stack());
  EXPECT_EQ(socket.Bind(5000), Status::kOk);
  return socket.SendTo(ToBytes(text), {to, 6000});
}

void ExpectIgnored(Wire& wire, const wire::ArpPacket& packet, const StackStats& expected,
                   size_t entries = 0) {
  wire.InjectArp(packet, base::kMacBroadcast);
  EXPECT_TRUE(wire.Silent());
  EXPECT_EQ(Entries(wire), entries);
  EXPECT_TRUE(SameFields(wire.stats(), expected));
  EXPECT_EQ(wire.host().buffers_in_use(), 0u);
}

TEST(ArpRequest, IsAnsweredAndTheAskerLearned) {
  Wire wire;
  wire.InjectArp(kRequest, base::kMacBroadcast);
  const Packet reply = wire.Next();
  EXPECT_EQ(reply.ethernet.destination, kPeerMac);
  EXPECT_EQ(*reply.arp, (wire::ArpPacket{.operation = wire::kArpReply,
                                         .sender_mac = kHostMac,
                                         .sender_ip = kHostIp,
                                         .target_mac = kPeerMac,
                                         .target_ip = kPeerIp}));
  EXPECT_TRUE(wire.Silent());
  ASSERT_NE(EntryOf(wire, kPeerIp), nullptr);
  EXPECT_EQ(EntryOf(wire, kPeerIp)->mac, kPeerMac);
  EXPECT_TRUE(SameFields(wire.stats(), {.arp = {.rx_requests = 1, .tx_replies = 1}}));
}

TEST(ArpRequest, ForSomebodyElseIsNotAnswered) {
  Wire wire;
  wire::ArpPacket request = kRequest;
  request.target_ip = TestHost::IpOf(2);
  ExpectIgnored(wire, request, {.arp = {.rx_requests = 1}});
}

TEST(ArpRequest, WithoutAnAddressOfOursNothingIsAnswered) {
  Wire wire;
  wire.host().netif().SetIpv4({});
  wire::ArpPacket request = kRequest;
  request.target_ip = {};
  ExpectIgnored(wire, request, {.arp = {.rx_requests = 1}});
}

TEST(ArpReceive, DropsShortPackets) {
  for (const size_t size : {0u, 1u, 27u}) {
    Wire wire;
    ByteVector bytes = WithHeader(kRequest, {});
    bytes.resize(size);
    wire.Inject(EthernetFrame(
        {.destination = base::kMacBroadcast, .source = kPeerMac, .type = wire::kEtherTypeArp},
        bytes));
    EXPECT_TRUE(wire.Silent());
    EXPECT_TRUE(SameFields(wire.stats(), {.arp = {.rx_malformed = 1}}));
  }
}

TEST(ArpReceive, DropsOtherHardwareProtocolsSizesAndOperations) {
  std::vector<wire::ArpPacket> packets(6, kRequest);
  packets[0].hardware_type = 6;
  packets[1].protocol_type = 0x86dd;
  packets[2].hardware_size = 8;
  packets[3].protocol_size = 16;
  packets[4].operation = 0;
  packets[5].operation = 3;  // RARP
  for (const wire::ArpPacket& packet : packets) {
    Wire wire;
    ExpectIgnored(wire, packet, {.arp = {.rx_malformed = 1}});
  }
}

TEST(ArpReceive, DropsSendersThatCannotBe) {
  for (const MacAddress mac : {"ff:ff:ff:ff:ff:ff"_mac, "01:00:5e:00:00:01"_mac, MacAddress{}}) {
    Wire wire;
    wire::ArpPacket packet = kRequest;
    packet.sender_mac = mac;
    wire.Inject(EthernetFrame(
        {.destination = base::kMacBroadcast, .source = kPeerMac, .type = wire::kEtherTypeArp},
        WithHeader(packet, {})));
    EXPECT_TRUE(wire.Silent());
    EXPECT_TRUE(SameFields(wire.stats(), {.arp = {.rx_bad_sender = 1}}));
  }
  for (const Ipv4Address ip : {"255.255.255.255"_ip, "224.0.0.1"_ip, "127.0.0.1"_ip, "0.0.0.9"_ip,
                               "192.0.2.0"_ip, "192.0.2.255"_ip, "240.0.0.1"_ip}) {
    Wire wire;
    wire::ArpPacket packet = kRequest;
    packet.sender_ip = ip;
    ExpectIgnored(wire, packet, {.arp = {.rx_requests = 1, .rx_bad_sender = 1}});
  }
}

TEST(ArpReceive, UnsolicitedRepliesMakeNoEntry) {
  Wire wire;
  ExpectIgnored(wire, kReply, {.arp = {.rx_replies = 1, .rx_unsolicited = 1}});
}

TEST(ArpReceive, AGratuitousRequestMakesNoEntry) {
  Wire wire;
  wire::ArpPacket packet = kRequest;
  packet.target_ip = packet.sender_ip;
  ExpectIgnored(wire, packet, {.arp = {.rx_requests = 1}});
}

TEST(ArpReceive, AProbeForOurAddressIsAnsweredAndMakesNoEntry) {
  Wire wire;
  wire::ArpPacket probe = kRequest;
  probe.sender_ip = {};
  wire.InjectArp(probe, base::kMacBroadcast);
  EXPECT_EQ(wire.Next().arp->sender_ip, kHostIp);
  EXPECT_EQ(Entries(wire), 0u);
}

TEST(ArpReceive, AnAskerOffTheSubnetIsAnsweredButNotKept) {
  Wire wire;
  wire::ArpPacket request = kRequest;
  request.sender_ip = "198.51.100.7"_ip;
  wire.InjectArp(request, base::kMacBroadcast);
  EXPECT_EQ(wire.Next().arp->operation, wire::kArpReply);
  EXPECT_EQ(Entries(wire), 0u);
}

TEST(ArpResolve, APacketWaitsForTheAnswer) {
  Wire wire;
  EXPECT_EQ(SendText(wire, "hello"), Status::kOk);
  const Packet request = wire.Next();
  EXPECT_TRUE(request.ethernet.destination.is_broadcast());
  EXPECT_EQ(*request.arp, (wire::ArpPacket{.operation = wire::kArpRequest,
                                           .sender_mac = kHostMac,
                                           .sender_ip = kHostIp,
                                           .target_ip = kPeerIp}));
  EXPECT_TRUE(wire.Silent());
  wire.InjectArp(kReply, kHostMac);
  const Packet packet = wire.Next();
  EXPECT_EQ(packet.ethernet.destination, kPeerMac);
  EXPECT_EQ(packet.text(), "hello");
  EXPECT_TRUE(wire.Silent());
  EXPECT_EQ(wire.host().buffers_in_use(), 0u);
}

TEST(ArpResolve, ANewerPacketTakesThePlaceOfTheWaitingOne) {
  Wire wire;
  EXPECT_EQ(SendText(wire, "one"), Status::kOk);
  EXPECT_EQ(SendText(wire, "two"), Status::kOk);
  EXPECT_EQ(wire.Next().arp->operation, wire::kArpRequest);
  EXPECT_TRUE(wire.Silent());  // RFC 1122 2.3.2.1: one request a second
  wire.InjectArp(kReply, kHostMac);
  EXPECT_EQ(wire.Next().text(), "two");
  EXPECT_TRUE(wire.Silent());
  EXPECT_EQ(wire.stats().arp.queue_replaced, 1u);
}

TEST(ArpResolve, AsksOnceASecondAndGivesUp) {
  Wire wire;
  stack::UdpSocket socket(wire.stack());
  EXPECT_EQ(socket.SendTo(ToBytes("hello"), {kPeerIp, 6000}), Status::kOk);
  for (int i = 0; i < stack::kArpRequestTries; ++i) {
    EXPECT_EQ(wire.Next().arp->target_ip, kPeerIp);
    EXPECT_TRUE(wire.Silent());
    EXPECT_EQ(socket.TakeError(), Status::kOk);
    wire.Advance(1s);
  }
  EXPECT_TRUE(wire.Silent());
  EXPECT_EQ(socket.TakeError(), Status::kUnreachable);
  EXPECT_EQ(Entries(wire), 0u);
  EXPECT_EQ(wire.stats().arp.unresolved, 1u);
  EXPECT_EQ(wire.host().buffers_in_use(), 0u);
}

TEST(ArpAging, ANeighbourThatIsNotUsedIsForgotten) {
  Wire wire;
  wire.IntroducePeer();
  wire.Advance(stack::kArpReachableTime - 1ms);
  EXPECT_EQ(Entries(wire), 1u);
  wire.Advance(1ms);
  EXPECT_EQ(Entries(wire), 0u);
  EXPECT_TRUE(wire.Silent());
}

TEST(ArpAging, ANeighbourInUseIsAskedDirectly) {
  Wire wire;
  wire.IntroducePeer();
  EXPECT_EQ(SendText(wire, "hello"), Status::kOk);
  wire.Next();
  wire.Advance(stack::kArpReachableTime);
  const Packet request = wire.Next();
  EXPECT_EQ(request.ethernet.destination, kPeerMac);
  EXPECT_EQ(request.arp->target_ip, kPeerIp);
  EXPECT_EQ(SendText(wire, "meanwhile"), Status::kOk);
  EXPECT_EQ(wire.Next().text(), "meanwhile");
  wire.InjectArp(kReply, kHostMac);
  wire.Advance(10s);
  EXPECT_TRUE(wire.Silent());
  EXPECT_EQ(EntryOf(wire, kPeerIp)->state, ArpState::kReachable);
}

TEST(ArpAging, ANeighbourThatNoLongerAnswersIsResolvedAnew) {
  Wire wire;
  wire.IntroducePeer();
  EXPECT_EQ(SendText(wire, "hello"), Status::kOk);
  wire.Next();
  wire.Advance(stack::kArpReachableTime + 3s);
  for (int i = 0; i < stack::kArpRequestTries; ++i) {
    EXPECT_EQ(wire.Next().ethernet.destination, kPeerMac);
  }
  EXPECT_TRUE(wire.Silent());
  EXPECT_EQ(SendText(wire, "again"), Status::kOk);
  EXPECT_TRUE(wire.Next().ethernet.destination.is_broadcast());
}

TEST(ArpSpoofing, AKnownNeighbourKeepsItsAddressWhenItStillAnswers) {
  Wire wire;
  wire.IntroducePeer();
  wire::ArpPacket forged = kReply;
  forged.sender_mac = TestHost::MacOf(66);
  wire.InjectArp(forged, kHostMac);
  EXPECT_EQ(wire.stats().arp.rx_mac_changed, 1u);
  const Packet question = wire.Next();
  EXPECT_EQ(question.ethernet.destination, kPeerMac);
  wire.InjectArp(forged, kHostMac);  // once more changes nothing
  EXPECT_TRUE(wire.Silent());
  wire.InjectArp(kReply, kHostMac);
  EXPECT_EQ(EntryOf(wire, kPeerIp)->mac, kPeerMac);
  EXPECT_EQ(EntryOf(wire, kPeerIp)->state, ArpState::kReachable);
}

TEST(ArpSpoofing, ANeighbourThatMovedIsFoundAgain) {
  Wire wire;
  wire.IntroducePeer();
  wire::ArpPacket moved = kReply;
  moved.sender_mac = TestHost::MacOf(66);
  wire.InjectArp(moved, kHostMac);
  wire.Advance(3s);
  wire.host().driver().sent().clear();
  EXPECT_EQ(SendText(wire, "hello"), Status::kOk);
  EXPECT_TRUE(wire.Next().ethernet.destination.is_broadcast());
  wire.InjectArp(moved, kHostMac);
  EXPECT_EQ(wire.Next().ethernet.destination, TestHost::MacOf(66));
}

TEST(ArpConflict, IsDefendedOnceInTenSeconds) {
  Wire wire;
  wire::ArpPacket claim = kRequest;
  claim.sender_ip = kHostIp;
  wire.InjectArp(claim, base::kMacBroadcast);
  const Packet defence = wire.Next();
  EXPECT_TRUE(defence.ethernet.destination.is_broadcast());
  EXPECT_EQ(defence.arp->sender_ip, kHostIp);
  EXPECT_EQ(defence.arp->target_ip, kHostIp);
  EXPECT_EQ(wire.host().netif().conflict().mac, kPeerMac);
  EXPECT_EQ(wire.host().netif().conflict().when, wire.now());
  for (int i = 0; i < 9; ++i) {
    wire.InjectArp(claim, base::kMacBroadcast);
    wire.Advance(1s);
  }
  EXPECT_TRUE(wire.Silent());
  wire.Advance(1s);
  wire.InjectArp(claim, base::kMacBroadcast);
  EXPECT_EQ(wire.Next().arp->sender_ip, kHostIp);
  EXPECT_EQ(Entries(wire), 0u);
  EXPECT_EQ(wire.stats().arp.rx_conflict, 11u);
}

TEST(ArpFlood, TheTableIsBoundedAndKeepsTheNeighboursInUse) {
  Wire wire;
  wire.IntroducePeer();
  EXPECT_EQ(SendText(wire, "hello"), Status::kOk);
  wire.Next();
  wire::ArpPacket request = kRequest;
  for (uint32_t i = 0; i < 100'000; ++i) {
    request.sender_ip.value = "192.0.2.0"_ip.value + 10 + i % 200;
    request.sender_mac = {{2, 1, static_cast<uint8_t>(i >> 16), static_cast<uint8_t>(i >> 8),
                           static_cast<uint8_t>(i), 1}};
    wire.InjectArp(request, base::kMacBroadcast);
    wire.host().driver().sent().clear();
  }
  EXPECT_LE(Entries(wire), stack::kArpEntries);
  ASSERT_NE(EntryOf(wire, kPeerIp), nullptr);
  EXPECT_EQ(EntryOf(wire, kPeerIp)->mac, kPeerMac);
  EXPECT_EQ(SendText(wire, "still there"), Status::kOk);
  EXPECT_EQ(wire.Next().ethernet.destination, kPeerMac);
  EXPECT_GT(wire.stats().arp.evicted, 0u);
}

TEST(ArpFlood, ATableFullOfNeighboursInUseRefusesMore) {
  Wire wire;
  for (uint8_t i = 0; i < stack::kArpEntries; ++i) {
    EXPECT_EQ(SendText(wire, "x", TestHost::IpOf(static_cast<uint8_t>(100 + i))), Status::kOk);
  }
  EXPECT_EQ(SendText(wire, "x", TestHost::IpOf(200)), Status::kResourceExhausted);
  EXPECT_EQ(wire.stats().arp.table_full, 1u);
}

TEST(ArpSend, GroupAddressesNeedNoNeighbour) {
  Wire wire;
  EXPECT_EQ(SendText(wire, "all", base::kIpv4Broadcast), Status::kOk);
  EXPECT_TRUE(wire.Next().ethernet.destination.is_broadcast());
  EXPECT_EQ(SendText(wire, "subnet", "192.0.2.255"_ip), Status::kOk);
  EXPECT_TRUE(wire.Next().ethernet.destination.is_broadcast());
  EXPECT_EQ(SendText(wire, "group", "239.129.2.3"_ip), Status::kOk);
  EXPECT_EQ(wire.Next().ethernet.destination, "01:00:5e:01:02:03"_mac);
  EXPECT_EQ(Entries(wire), 0u);
}

TEST(ArpFlush, ForgetsNeighboursAndWhatWaits) {
  Wire wire;
  wire.IntroducePeer();
  EXPECT_EQ(SendText(wire, "x", TestHost::IpOf(50)), Status::kOk);
  EXPECT_EQ(wire.host().buffers_in_use(), 1u);
  wire.stack().arp().Flush(wire.host().netif());
  EXPECT_EQ(Entries(wire), 0u);
  EXPECT_EQ(wire.host().buffers_in_use(), 0u);
}

TEST(ArpListener, GetsAnswersWithTheirTime) {
  Wire wire;
  stack::ArpListener listener(wire.stack(), wire.host().netif(), kPeerIp);
  EXPECT_EQ(wire.stack().arp().SendRequest(wire.host().netif(), kPeerIp, kHostIp), Status::kOk);
  EXPECT_EQ(wire.Next().arp->target_ip, kPeerIp);
  EXPECT_EQ(listener.Receive().error(), Status::kUnavailable);
  wire.Advance(5ms);
  wire::ArpPacket other = kReply;
  other.sender_ip = TestHost::IpOf(10);
  wire.InjectArp(other, kHostMac);
  wire.InjectArp(kReply, kHostMac);
  const auto answer = listener.Receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->ip, kPeerIp);
  EXPECT_EQ(answer->mac, kPeerMac);
  EXPECT_EQ(answer->received, wire.now());
  EXPECT_EQ(listener.Receive().error(), Status::kUnavailable);
  EXPECT_EQ(Entries(wire), 0u);
  EXPECT_EQ(wire.stats().arp.rx_unsolicited, 1u);
}

TEST(ArpListener, AScanHearsEverybodyWithinItsQueue) {
  Wire wire;
  stack::ArpListener listener(wire.stack(), wire.host().netif());
  wire::ArpPacket reply = kReply;
  for (size_t i = 0; i < stack::kArpListenerQueue + 2; ++i) {
    reply.sender_ip = TestHost::IpOf(static_cast<uint8_t>(10 + i));
    wire.InjectArp(reply, kHostMac);
  }
  for (size_t i = 0; i < stack::kArpListenerQueue; ++i) {
    EXPECT_EQ(listener.Receive()->ip, TestHost::IpOf(static_cast<uint8_t>(10 + i)));
  }
  EXPECT_EQ(listener.Receive().error(), Status::kUnavailable);
  EXPECT_EQ(listener.dropped(), 2u);
}

TEST(ArpBuffers, WithoutABufferNothingIsSentAndTheStackGoesOn) {
  Wire wire;
  wire.host().pools().FailAllocation(2);  // 1 is the received frame
  wire.InjectArp(kRequest, base::kMacBroadcast);
  EXPECT_TRUE(wire.Silent());
  EXPECT_EQ(wire.stats().arp.tx_no_buffer, 1u);
  wire.InjectArp(kRequest, base::kMacBroadcast);
  EXPECT_EQ(wire.Next().arp->operation, wire::kArpReply);
}

}  // namespace
}  // namespace test
