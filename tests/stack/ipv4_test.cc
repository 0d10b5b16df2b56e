#include "stack/ipv4.h"

#include <set>

#include <gtest/gtest.h>

#include "tests/support/same_fields.h"
#include "tests/support/test_host.h"

namespace test {
namespace {

using base::Status;
using stack::StackStats;
using std::chrono_literals::operator""s;

constexpr Ipv4Address kHostIp = TestHost::IpOf(1);
constexpr Ipv4Address kPeerIp = Wire::kPeerIp;

const ByteVector kEcho = IcmpPacket({.type = wire::kIcmpEchoRequest}, Pattern(40));
constexpr wire::Ipv4Header kGood{.ttl = 64,
                                 .protocol = wire::kProtocolIcmp,
                                 .source = Wire::kPeerIp,
                                 .destination = TestHost::IpOf(1)};

void InjectRaw(Wire& wire, base::ConstByteSpan packet,
               const MacAddress& destination = TestHost::MacOf(1)) {
  wire.Inject(EthernetFrame(
      {.destination = destination, .source = Wire::kPeerMac, .type = wire::kEtherTypeIpv4},
      packet));
}

void ExpectDropped(base::ConstByteSpan packet, StackStats expected,
                   const MacAddress& destination = TestHost::MacOf(1)) {
  Wire wire;
  wire.IntroducePeer();
  InjectRaw(wire, packet, destination);
  EXPECT_TRUE(wire.Silent());
  expected.ipv4.rx_packets = 1;
  EXPECT_TRUE(SameFields(wire.stats(), expected));
  EXPECT_EQ(wire.host().buffers_in_use(), 0u);
  // Later good traffic is unaffected.
  InjectRaw(wire, Ipv4Packet(kGood, kEcho));
  EXPECT_EQ(wire.Next().icmp->type, wire::kIcmpEchoReply);
}

TEST(Ipv4Receive, DropsTruncatedHeaders) {
  for (const size_t size : {0u, 1u, 19u}) {
    ByteVector packet = Ipv4Packet(kGood, kEcho);
    packet.resize(size);
    ExpectDropped(packet, {.ipv4 = {.rx_too_short = 1}});
  }
}

TEST(Ipv4Receive, DropsOtherVersions) {
  for (const uint8_t version : std::to_array<uint8_t>({0, 3, 5, 6, 15})) {
    wire::Ipv4Header header = kGood;
    header.version_and_size = static_cast<uint8_t>(version << 4 | 5);
    ExpectDropped(Ipv4Packet(header, kEcho), {.ipv4 = {.rx_bad_version = 1}});
  }
}

TEST(Ipv4Receive, DropsImpossibleHeaderLengths) {
  for (const uint8_t words : std::to_array<uint8_t>({0, 1, 4})) {
    wire::Ipv4Header header = kGood;
    header.version_and_size = static_cast<uint8_t>(0x40 | words);
    ExpectDropped(Ipv4Packet(header, kEcho), {.ipv4 = {.rx_bad_header_length = 1}});
  }
  // Longer than what arrived: the checksum must not be computed over what is not there.
  wire::Ipv4Header header = kGood;
  header.version_and_size = 0x4f;
  ExpectDropped(Ipv4Packet(header, ByteVector(8)), {.ipv4 = {.rx_bad_header_length = 1}});
}

TEST(Ipv4Receive, DropsImpossibleTotalLengths) {
  const auto whole = static_cast<uint16_t>(20 + kEcho.size());
  for (const uint16_t length : {uint16_t{1}, uint16_t{19}, static_cast<uint16_t>(whole + 1),
                                uint16_t{0x7fff}, uint16_t{0xffff}}) {
    wire::Ipv4Header header = kGood;
    header.total_length = length;
    ExpectDropped(Ipv4Packet(header, kEcho), {.ipv4 = {.rx_bad_total_length = 1}});
  }
}

TEST(Ipv4Receive, DropsAFlippedBitAnywhereInTheHeader) {
  for (size_t bit = 0; bit < 160; ++bit) {
    ByteVector packet = Ipv4Packet(kGood, kEcho);
    packet[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
    Wire wire;
    wire.IntroducePeer();
    InjectRaw(wire, packet);
    EXPECT_TRUE(wire.Silent()) << "bit " << bit;
    EXPECT_EQ(wire.stats().ipv4.rx_delivered, 0u);
  }
  wire::Ipv4Header header = kGood;
  header.checksum = 0x1234;
  ExpectDropped(Ipv4Packet(header, kEcho), {.ipv4 = {.rx_bad_checksum = 1}});
}

TEST(Ipv4Receive, DropsMartianSources) {
  for (const Ipv4Address source :
       {"127.0.0.1"_ip, "0.0.0.1"_ip, "224.0.0.1"_ip, "239.1.1.1"_ip, "240.0.0.1"_ip,
        "255.255.255.255"_ip, "192.0.2.255"_ip, kHostIp}) {
    wire::Ipv4Header header = kGood;
    header.source = source;
    ExpectDropped(Ipv4Packet(header, kEcho), {.ipv4 = {.rx_bad_source = 1}});
  }
}

TEST(Ipv4Receive, DropsWhatIsForOthers) {
  for (const Ipv4Address destination :
       {"127.0.0.1"_ip, "192.0.2.2"_ip, "0.0.0.0"_ip, "239.1.1.1"_ip, "10.0.0.1"_ip}) {
    wire::Ipv4Header header = kGood;
    header.destination = destination;
    ExpectDropped(Ipv4Packet(header, kEcho), {.ipv4 = {.rx_not_for_us = 1}});
  }
}

TEST(Ipv4Receive, WithoutAnAddressNothingIsForUs) {
  for (const Ipv4Address destination : {Ipv4Address{}, kHostIp}) {
    Wire wire;
    wire.host().netif().SetIpv4({});
    wire::Ipv4Header header = kGood;
    header.destination = destination;
    InjectRaw(wire, Ipv4Packet(header, kEcho));
    EXPECT_TRUE(wire.Silent());
    EXPECT_TRUE(SameFields(wire.stats().ipv4, {.rx_packets = 1, .rx_not_for_us = 1}));
  }
}

TEST(Ipv4Receive, DropsUnicastInABroadcastFrame) {
  ExpectDropped(Ipv4Packet(kGood, kEcho), {.ipv4 = {.rx_link_broadcast = 1}}, base::kMacBroadcast);
}

TEST(Ipv4Receive, CutsPaddingOff) {
  for (const bool summed : {true, false}) {
    Wire wire;
    wire.IntroducePeer();
    wire.host().driver().SumReceived(summed);
    ByteVector packet = Ipv4Packet(kGood, IcmpPacket({.type = wire::kIcmpEchoRequest}, Pattern(3)));
    packet.resize(46, std::byte{0xee});  // padding that is not zero, at an odd offset
    InjectRaw(wire, packet);
    EXPECT_EQ(wire.Next().payload, Pattern(3));
    EXPECT_TRUE(wire.Silent());
  }
}

TEST(Ipv4Options, AreSkipped) {
  Wire wire;
  wire.IntroducePeer();
  // NOP, router alert, END with something behind it.
  const ByteVector options = ToBytes({1, 148, 4, 0, 0, 0, 7, 7});
  InjectRaw(wire, Ipv4Packet(kGood, kEcho, options));
  const Packet reply = wire.Next();
  EXPECT_EQ(reply.icmp->type, wire::kIcmpEchoReply);
  EXPECT_EQ(reply.ipv4->header_size(), 20u);  // never copied into answers
  EXPECT_TRUE(reply.checksums);
}

TEST(Ipv4Options, MalformedOnesAreDropped) {
  for (const ByteVector& options :
       {ToBytes({7, 0, 4, 0}), ToBytes({7, 1, 0, 0}), ToBytes({7, 200, 0, 0}),
        ToBytes({1, 1, 1, 7}), ToBytes({1, 7, 4, 0})}) {
    ExpectDropped(Ipv4Packet(kGood, kEcho, options), {.ipv4 = {.rx_bad_option = 1}});
  }
}

TEST(Ipv4Options, SourceRoutesAreDropped) {
  for (const int kind : {131, 137}) {
    ExpectDropped(Ipv4Packet(kGood, kEcho, ToBytes({kind, 7, 4, 10, 0, 0, 1, 0})),
                  {.ipv4 = {.rx_source_routed = 1}});
  }
}

TEST(Ipv4Receive, UnknownProtocolsAreReported) {
  for (const uint8_t protocol : std::to_array<uint8_t>({4, 41, 200})) {
    Wire wire;
    wire.IntroducePeer();
    wire::Ipv4Header header = kGood;
    header.protocol = protocol;
    const ByteVector inner = Ipv4Packet(kGood, kEcho);
    InjectRaw(wire, Ipv4Packet(header, inner));
    const Packet error = wire.Next();
    EXPECT_EQ(error.icmp->type, wire::kIcmpUnreachable);
    EXPECT_EQ(error.icmp->code, wire::kUnreachableProtocol);
    EXPECT_TRUE(wire.Silent());  // what is inside is not looked at
    EXPECT_EQ(wire.stats().ipv4.rx_unknown_protocol, 1u);
  }
}

TEST(Ipv4Receive, UnknownProtocolsToAGroupAreNotReported) {
  wire::Ipv4Header header = kGood;
  header.protocol = 2;  // IGMP
  header.destination = "224.0.0.1"_ip;
  ExpectDropped(Ipv4Packet(header, ByteVector(8)), {.ipv4 = {.rx_unknown_protocol = 1}},
                "01:00:5e:00:00:01"_mac);
  header.destination = base::kIpv4Broadcast;
  ExpectDropped(Ipv4Packet(header, ByteVector(8)), {.ipv4 = {.rx_unknown_protocol = 1}},
                base::kMacBroadcast);
}

TEST(Ipv4Receive, TtlZeroIsForUs) {
  Wire wire;
  wire.IntroducePeer();
  wire::Ipv4Header header = kGood;
  header.ttl = 0;  // RFC 1122 3.2.1.7: a host does not drop it for that
  InjectRaw(wire, Ipv4Packet(header, kEcho));
  EXPECT_EQ(wire.Next().icmp->type, wire::kIcmpEchoReply);
}

TEST(Ipv4Receive, ReservedAndDontFragmentFlagsChangeNothing) {
  Wire wire;
  wire.IntroducePeer();
  wire::Ipv4Header header = kGood;
  header.flags_and_offset = wire::Ipv4Header::kReservedFlag | wire::Ipv4Header::kDontFragment;
  InjectRaw(wire, Ipv4Packet(header, kEcho));
  EXPECT_EQ(wire.Next().icmp->type, wire::kIcmpEchoReply);
}

// Sends `size` bytes of protocol 253 (RFC 3692: for experiments) to the peer.
Status SendBytes(Wire& wire, size_t size, bool dont_fragment = false) {
  auto packet = wire.host().pools().AllocateCopy(stack::kIpHeadroom, Pattern(size),
                                                 base::Holder::kApplication);
  const auto route = wire.stack().ipv4().FindRoute(kPeerIp);
  return wire.stack().ipv4().Send(std::move(*packet),
                                  {.source = kHostIp,
                                   .destination = kPeerIp,
                                   .protocol = 253,
                                   .tos = 0x28,
                                   .dont_fragment = dont_fragment},
                                  *route);
}

TEST(Ipv4Send, PutsTheHeaderInFront) {
  Wire wire;
  wire.IntroducePeer();
  EXPECT_EQ(SendBytes(wire, 100), Status::kOk);
  const Packet packet = wire.Next();
  EXPECT_TRUE(packet.checksums);
  EXPECT_EQ(packet.payload, Pattern(100));
  wire::Ipv4Header expected{.tos = 0x28,
                            .total_length = 120,
                            .identification = packet.ipv4->identification,
                            .ttl = 64,
                            .protocol = 253,
                            .checksum = packet.ipv4->checksum,
                            .source = kHostIp,
                            .destination = kPeerIp};
  EXPECT_EQ(*packet.ipv4, expected);
  EXPECT_TRUE(SameFields(wire.stats(), {.ipv4 = {.tx_packets = 1}}));
}

TEST(Ipv4Send, WithDontFragmentTheNumberIsZero) {
  Wire wire;
  wire.IntroducePeer();
  EXPECT_EQ(SendBytes(wire, 100, true), Status::kOk);
  const Packet packet = wire.Next();
  EXPECT_EQ(packet.ipv4->identification, 0);
  EXPECT_EQ(packet.ipv4->flags_and_offset, wire::Ipv4Header::kDontFragment);
}

TEST(Ipv4Send, NumbersAreNotOneCounterForAll) {
  Wire wire;
  std::set<uint16_t> starts;
  for (uint8_t host = 2; host < 130; ++host) {
    stack::UdpSocket socket(wire.stack());
    // Group addresses, so that no neighbour has to answer.
    EXPECT_EQ(socket.SendTo(ToBytes("x"), {Ipv4Address::From(239, 0, host, 1), 9}), Status::kOk);
    starts.insert(static_cast<uint16_t>(wire.Next().ipv4->identification >> 8));
  }
  EXPECT_GT(starts.size(), 4u);  // of eight random starts
}

TEST(Ipv4Send, CutsUpWhatIsLargerThanTheMtu) {
  for (const size_t size : {1480u, 1481u, 2960u, 2961u, 8000u, 10'000u}) {
    Wire wire;
    wire.IntroducePeer();
    EXPECT_EQ(SendBytes(wire, size), Status::kOk);
    ByteVector whole;
    uint16_t identification = 0;
    size_t fragments = 0;
    while (!wire.Silent()) {
      const Packet packet = wire.Next();
      EXPECT_TRUE(packet.checksums);
      EXPECT_LE(packet.frame_size, 1514u);
      EXPECT_EQ(packet.ipv4->fragment_offset(), whole.size());
      if (!whole.empty()) {
        EXPECT_EQ(packet.ipv4->identification, identification);
      }
      identification = packet.ipv4->identification;
      AppendTo(whole, packet.payload);
      EXPECT_EQ(packet.ipv4->more_fragments(), whole.size() < size);
      ++fragments;
    }
    EXPECT_EQ(whole, Pattern(size));
    EXPECT_EQ(fragments, (size + 1479) / 1480);
    EXPECT_EQ(wire.host().buffers_in_use(), 0u);
  }
}

TEST(Ipv4Send, RefusesWhatMustNotBeCutUpOrIsTooBig) {
  Wire wire;
  wire.IntroducePeer();
  EXPECT_EQ(SendBytes(wire, 1480, true), Status::kOk);
  wire.Next();
  EXPECT_EQ(SendBytes(wire, 1481, true), Status::kInvalidArgument);
  EXPECT_EQ(SendBytes(wire, 65516), Status::kInvalidArgument);
  EXPECT_TRUE(wire.Silent());
  EXPECT_EQ(wire.stats().ipv4.tx_too_big, 2u);
  EXPECT_EQ(wire.host().buffers_in_use(), 0u);
}

TEST(Ipv4Send, EveryFailedAllocationLeavesNothingBehind) {
  for (uint32_t n = 2; n < 40; ++n) {  // 1 is the packet itself
    Wire wire;
    wire.IntroducePeer();
    auto packet = wire.host().pools().AllocateCopy(stack::kIpHeadroom, Pattern(4000),
                                                   base::Holder::kApplication);
    wire.host().pools().FailAllocation(n);
    const auto route = wire.stack().ipv4().FindRoute(kPeerIp);
    const Status status = wire.stack().ipv4().Send(
        std::move(*packet), {.source = kHostIp, .destination = kPeerIp, .protocol = 253}, *route);
    EXPECT_TRUE(status == Status::kOk || status == Status::kResourceExhausted);
    EXPECT_EQ(wire.host().buffers_in_use(), 0u);
  }
}

class CountingTransport : public stack::Transport {
 public:
  void OnPacket(base::Pbuf&& packet, const stack::Ipv4Meta&) override {
    sizes.push_back(packet.size());
    sum_is_right = packet.has_sum() && packet.sum() == base::SumBytes(packet.bytes());
  }
  std::vector<size_t> sizes;
  bool sum_is_right = false;
};

TEST(Ipv4Register, DeliversByProtocol) {
  Wire wire;
  CountingTransport transport;
  EXPECT_EQ(wire.stack().ipv4().Register(253, transport), Status::kOk);
  EXPECT_EQ(wire.stack().ipv4().Register(253, transport), Status::kBusy);
  for (const size_t size : {0u, 1u, 2u, 101u, 1480u}) {
    wire.InjectIpv4({.protocol = 253}, ByteVector(size, std::byte{0x5a}));
    EXPECT_EQ(transport.sizes.back(), size);
    if (size != 0) {
      EXPECT_TRUE(transport.sum_is_right) << size;  // as the driver summed it
    }
  }
  EXPECT_TRUE(wire.Silent());
}

TEST(Ipv4Register, TheTableIsBounded) {
  Wire wire;
  CountingTransport transport;
  uint8_t protocol = 200;
  Status status = Status::kOk;
  while (status == Status::kOk) {
    status = wire.stack().ipv4().Register(protocol++, transport);
  }
  EXPECT_EQ(status, Status::kResourceExhausted);
  EXPECT_LE(protocol - 200u, stack::kMaxTransports);
}

}  // namespace
}  // namespace test
