#include "stack/icmp.h"

#include <set>

#include <gtest/gtest.h>

#include "tests/support/same_fields.h"
#include "tests/support/test_host.h"

namespace test {
namespace {

using base::Status;
using stack::StackStats;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr Ipv4Address kHostIp = TestHost::IpOf(1);
constexpr Ipv4Address kPeerIp = Wire::kPeerIp;

void InjectIcmp(Wire& wire, const wire::IcmpHeader& header, base::ConstByteSpan payload,
                Ipv4Address destination = kHostIp) {
  wire.InjectIpv4({.protocol = wire::kProtocolIcmp, .destination = destination},
                  IcmpPacket(header, payload));
}

// What a router sends back of a packet: its header and the first eight bytes behind it.
ByteVector Quote(const Packet& packet) {
  ByteVector quoted = WithHeader(*packet.ipv4, {});
  if (packet.udp) {
    AppendTo(quoted, WithHeader(*packet.udp, {}));
  } else if (packet.icmp) {
    AppendTo(quoted, WithHeader(*packet.icmp, {}));
  }
  return quoted;
}

TEST(IcmpEcho, IsAnsweredWithTheSameBytes) {
  for (const size_t size : {0u, 1u, 2u, 3u, 56u, 57u, 1472u}) {
    for (const bool summed : {true, false}) {
      Wire wire;
      wire.IntroducePeer();
      wire.host().driver().SumReceived(summed);
      InjectIcmp(wire, {.type = wire::kIcmpEchoRequest, .identifier = 7, .sequence = 3},
                 Pattern(size));
      const Packet reply = wire.Next();
      EXPECT_EQ(reply.ethernet.destination, Wire::kPeerMac);
      EXPECT_EQ(reply.ipv4->source, kHostIp);
      EXPECT_EQ(reply.ipv4->destination, kPeerIp);
      EXPECT_EQ(reply.icmp->type, wire::kIcmpEchoReply);
      EXPECT_EQ(reply.icmp->identifier, 7);
      EXPECT_EQ(reply.icmp->sequence, 3);
      EXPECT_EQ(reply.payload, Pattern(size));
      EXPECT_TRUE(reply.checksums);
      EXPECT_TRUE(wire.Silent());
      EXPECT_TRUE(
          SameFields(wire.stats(), {.ipv4 = {.rx_packets = 1, .rx_delivered = 1, .tx_packets = 1},
                                    .icmp = {.rx_echo_requests = 1, .tx_echo_replies = 1}}));
      EXPECT_EQ(wire.host().buffers_in_use(), 0u);
    }
  }
}

TEST(IcmpEcho, TheChecksumIsRightForEveryRequest) {
  Wire wire;
  wire.IntroducePeer();
  for (uint32_t i = 0; i < 0x10000; i += 7) {
    InjectIcmp(wire, {.type = wire::kIcmpEchoRequest, .identifier = static_cast<uint16_t>(i)}, {});
    const Packet reply = wire.Next();
    ASSERT_TRUE(reply.checksums) << i;
  }
}

TEST(IcmpEcho, BroadcastsAndMulticastsAreNotAnswered) {
  for (const auto& [ip, mac] : {std::pair{base::kIpv4Broadcast, base::kMacBroadcast},
                                std::pair{"192.0.2.255"_ip, base::kMacBroadcast},
                                std::pair{"224.0.0.1"_ip, "01:00:5e:00:00:01"_mac}}) {
    Wire wire;
    wire.IntroducePeer();
    wire.Inject(EthernetFrame(
        {.destination = mac, .source = Wire::kPeerMac, .type = wire::kEtherTypeIpv4},
        Ipv4Packet(
            {.ttl = 64, .protocol = wire::kProtocolIcmp, .source = kPeerIp, .destination = ip},
            IcmpPacket({.type = wire::kIcmpEchoRequest}, Pattern(8)))));
    EXPECT_TRUE(wire.Silent());
    EXPECT_TRUE(SameFields(wire.stats().icmp, {.rx_echo_requests = 1, .rx_echo_broadcast = 1}));
  }
}

TEST(IcmpReceive, DropsShortMessages) {
  for (const size_t size : {0u, 1u, 4u, 7u}) {
    Wire wire;
    ByteVector message = IcmpPacket({.type = wire::kIcmpEchoRequest}, {});
    message.resize(size);
    wire.InjectIpv4({.protocol = wire::kProtocolIcmp}, message);
    EXPECT_TRUE(wire.Silent());
    EXPECT_TRUE(SameFields(wire.stats().icmp, {.rx_too_short = 1}));
  }
}

TEST(IcmpReceive, DropsBadChecksums) {
  for (const bool summed : {true, false}) {
    Wire wire;
    wire.host().driver().SumReceived(summed);
    InjectIcmp(wire, {.type = wire::kIcmpEchoRequest, .checksum = 0x1234}, Pattern(8));
    EXPECT_TRUE(wire.Silent());
    EXPECT_TRUE(SameFields(wire.stats().icmp, {.rx_bad_checksum = 1}));
  }
}

TEST(IcmpReceive, IgnoresRedirectsAndQueriesOfTheHistory) {
  // Source quench, redirect, router advertisement and solicitation, timestamp, information, mask.
  for (const uint8_t type : std::to_array<uint8_t>({4, 5, 9, 10, 13, 15, 17, 18, 200})) {
    Wire wire;
    wire.IntroducePeer();
    InjectIcmp(wire, {.type = type, .code = 1}, ByteVector(28));
    EXPECT_TRUE(wire.Silent());
    EXPECT_TRUE(SameFields(wire.stats().icmp, {.rx_ignored_type = 1}));
  }
}

TEST(IcmpReceive, ErrorsThatQuoteTooLittleAreDropped) {
  const ByteVector quoted =
      Ipv4Packet({.protocol = wire::kProtocolUdp, .source = kHostIp}, ByteVector(8));
  for (const size_t size : {0u, 19u, 20u, 27u}) {
    Wire wire;
    InjectIcmp(wire, {.type = wire::kIcmpUnreachable, .code = wire::kUnreachablePort},
               base::ConstByteSpan(quoted).first(size));
    EXPECT_TRUE(wire.Silent());
    EXPECT_TRUE(SameFields(wire.stats().icmp, {.rx_unreachable = 1, .rx_too_short = 1}));
  }
  Wire wire;
  ByteVector options = quoted;
  options[0] = std::byte{0x4f};  // 60 bytes of header that were not quoted
  InjectIcmp(wire, {.type = wire::kIcmpUnreachable}, options);
  EXPECT_EQ(wire.stats().icmp.rx_too_short, 1u);
}

TEST(IcmpReceive, ErrorsAboutPacketsThatAreNotOursAreDropped) {
  stack::UdpStats untouched;
  // Of another host; a later fragment; of a protocol that nobody has.
  std::vector<wire::Ipv4Header> headers(3, {.protocol = wire::kProtocolUdp, .source = kHostIp});
  headers[0].source = TestHost::IpOf(2);
  headers[1].flags_and_offset = 1;
  headers[2].protocol = 200;
  for (const wire::Ipv4Header& header : headers) {
    Wire wire;
    stack::UdpSocket socket(wire.stack());
    EXPECT_EQ(socket.Bind(5000), Status::kOk);
    InjectIcmp(wire, {.type = wire::kIcmpUnreachable, .code = wire::kUnreachablePort},
               Ipv4Packet(header, WithHeader(wire::UdpHeader{.source_port = 5000}, {})));
    EXPECT_EQ(socket.TakeError(), Status::kOk);
    EXPECT_TRUE(wire.Silent());
    EXPECT_TRUE(SameFields(wire.stats().icmp, {.rx_unreachable = 1, .rx_bad_quote = 1}));
    EXPECT_TRUE(SameFields(wire.stats().udp, untouched));
  }
}

TEST(IcmpError, PortUnreachableQuotesTheDatagram) {
  Wire wire;
  wire.IntroducePeer();
  wire.InjectUdp(7, 33434, Pattern(100));
  const Packet error = wire.Next();
  EXPECT_EQ(error.ipv4->destination, kPeerIp);
  EXPECT_EQ(error.icmp->type, wire::kIcmpUnreachable);
  EXPECT_EQ(error.icmp->code, wire::kUnreachablePort);
  EXPECT_TRUE(error.checksums);
  ASSERT_EQ(error.payload.size(), 28u);
  const auto ip = base::DecodeHeader<wire::Ipv4Header>(error.payload.data());
  EXPECT_EQ(ip.source, kPeerIp);
  EXPECT_EQ(ip.destination, kHostIp);
  EXPECT_EQ(ip.total_length, 128);
  const auto udp = base::DecodeHeader<wire::UdpHeader>(error.payload.data() + 20);
  EXPECT_EQ(udp.source_port, 7);
  EXPECT_EQ(udp.destination_port, 33434);
  EXPECT_TRUE(wire.Silent());
}

TEST(IcmpError, NeverAboutErrorsNorGroups) {
  Wire wire;
  wire.IntroducePeer();
  // An error about a protocol that nobody has, quoted in an error.
  InjectIcmp(wire, {.type = wire::kIcmpUnreachable},
             Ipv4Packet({.protocol = 200, .source = kHostIp}, ByteVector(8)));
  EXPECT_TRUE(wire.Silent());
  // A datagram to a broadcast address.
  wire.Inject(EthernetFrame(
      {.destination = base::kMacBroadcast, .source = Wire::kPeerMac, .type = wire::kEtherTypeIpv4},
      Ipv4Packet({.ttl = 64,
                  .protocol = wire::kProtocolUdp,
                  .source = kPeerIp,
                  .destination = base::kIpv4Broadcast},
                 UdpPacket({.source_port = 7, .destination_port = 9}, kPeerIp, base::kIpv4Broadcast,
                           {}))));
  EXPECT_TRUE(wire.Silent());
  EXPECT_EQ(wire.stats().udp.rx_no_socket, 1u);
}

size_t ErrorsFor(Wire& wire, size_t datagrams) {
  for (size_t i = 0; i < datagrams; ++i) {
    wire.InjectUdp(7, static_cast<uint16_t>(1000 + i), {});
  }
  const size_t errors = wire.host().driver().sent().size();
  wire.host().driver().sent().clear();
  return errors;
}

TEST(IcmpRateLimit, OnePeerGetsABoundedNumberThatIsNotAlwaysTheSame) {
  Wire wire;
  wire.IntroducePeer();
  std::set<size_t> seen;
  for (int i = 0; i < 20; ++i) {
    const size_t errors = ErrorsFor(wire, 100);
    EXPECT_GE(errors, stack::kIcmpErrorsPerPeer / 2);
    EXPECT_LE(errors, stack::kIcmpErrorsPerPeer);
    seen.insert(errors);
    EXPECT_EQ(ErrorsFor(wire, 10), 0u);
    wire.Advance(stack::kIcmpErrorInterval);
  }
  EXPECT_GT(seen.size(), 2u);
  EXPECT_GT(wire.stats().icmp.tx_rate_limited, 0u);
}

TEST(IcmpRateLimit, AllPeersTogetherGetABoundedNumber) {
  stack::IcmpRateLimit limit;
  stack::Random random;
  const base::Instant now{};
  size_t allowed = 0;
  for (uint32_t i = 0; i < 10'000; ++i) {
    allowed += limit.Allow({0x0a000000 + i}, now, random) ? 1 : 0;
  }
  EXPECT_GE(allowed, stack::kIcmpErrorsPerInterval / 2);
  EXPECT_LE(allowed, stack::kIcmpErrorsPerInterval);
}

TEST(EchoSocket, SendsRequestsAndGetsAnswers) {
  Wire wire;
  wire.IntroducePeer();
  stack::EchoSocket socket(wire.stack(), 99);
  EXPECT_EQ(socket.Send(kPeerIp, 5, Pattern(57), {.ttl = 3}), Status::kOk);
  const Packet request = wire.Next();
  EXPECT_EQ(request.ipv4->ttl, 3);
  EXPECT_EQ(*request.icmp, (wire::IcmpHeader{.type = wire::kIcmpEchoRequest,
                                             .checksum = request.icmp->checksum,
                                             .identifier = 99,
                                             .sequence = 5}));
  EXPECT_EQ(request.payload, Pattern(57));
  EXPECT_TRUE(request.checksums);
  EXPECT_EQ(socket.Receive().error(), Status::kUnavailable);
  wire.Advance(3ms);
  InjectIcmp(wire, {.type = wire::kIcmpEchoReply, .identifier = 99, .sequence = 5}, Pattern(57));
  auto reply = socket.Receive();
  ASSERT_TRUE(reply);
  EXPECT_FALSE(reply->is_error());
  EXPECT_EQ(ToVector(reply->payload.bytes()), Pattern(57));
  EXPECT_EQ(reply->from, base::IpAddress(kPeerIp));
  EXPECT_EQ(reply->sequence, 5);
  EXPECT_EQ(reply->ttl, 64);
  EXPECT_EQ(reply->received, wire.now());
  reply->payload.Reset();
  EXPECT_EQ(wire.host().buffers_in_use(), 0u);
  EXPECT_TRUE(wire.Silent());
}

TEST(EchoSocket, LargePayloadsGoInFragments) {
  Wire wire;
  wire.IntroducePeer();
  stack::EchoSocket socket(wire.stack());
  EXPECT_EQ(socket.Send(kPeerIp, 1, Pattern(4000)), Status::kOk);
  ByteVector whole;
  while (!wire.Silent()) {
    AppendTo(whole, wire.Next().payload);
  }
  ASSERT_EQ(whole.size(), 4008u);
  EXPECT_TRUE(base::SumIsGood(base::SumBytes(whole)));
  EXPECT_EQ(ByteVector(whole.begin() + 8, whole.end()), Pattern(4000));
  EXPECT_EQ(socket.Send(kPeerIp, 1, Pattern(4000), {.dont_fragment = true}),
            Status::kInvalidArgument);
  EXPECT_TRUE(wire.Silent());
}

TEST(EchoSocket, OthersAnswersAreCounted) {
  Wire wire;
  stack::EchoSocket socket(wire.stack(), 99);
  InjectIcmp(wire, {.type = wire::kIcmpEchoReply, .identifier = 98}, {});
  EXPECT_EQ(socket.Receive().error(), Status::kUnavailable);
  EXPECT_TRUE(SameFields(wire.stats().icmp, {.rx_echo_replies = 1, .rx_echo_unmatched = 1}));
}

TEST(EchoSocket, ItsQueueIsBounded) {
  Wire wire;
  stack::EchoSocket socket(wire.stack(), 99);
  for (uint16_t i = 0; i < stack::kEchoMaxQueued + 2; ++i) {
    InjectIcmp(wire, {.type = wire::kIcmpEchoReply, .identifier = 99, .sequence = i}, {});
  }
  EXPECT_EQ(wire.stats().icmp.rx_echo_queue_full, 2u);
  for (uint16_t i = 0; i < stack::kEchoMaxQueued; ++i) {
    EXPECT_EQ(socket.Receive()->sequence, i);
  }
  EXPECT_FALSE(socket.Receive());
}

TEST(EchoSocket, RoutersErrorsNameTheRequest) {
  Wire wire;
  wire.IntroducePeer();
  stack::EchoSocket socket(wire.stack(), 99);
  EXPECT_EQ(socket.Send(kPeerIp, 5, Pattern(8), {.ttl = 1}), Status::kOk);
  const ByteVector quote = Quote(wire.Next());
  InjectIcmp(wire, {.type = wire::kIcmpTimeExceeded, .code = wire::kTimeExceededTransit}, quote);
  const auto error = socket.Receive();
  ASSERT_TRUE(error);
  EXPECT_TRUE(error->is_error());
  EXPECT_EQ(error->error_type, wire::kIcmpTimeExceeded);
  EXPECT_EQ(error->error_code, wire::kTimeExceededTransit);
  EXPECT_EQ(error->sequence, 5);
  EXPECT_EQ(error->from, base::IpAddress(kPeerIp));
  EXPECT_TRUE(wire.Silent());
}

TEST(EchoSocket, ANeighbourThatIsNotThereIsAHostUnreachable) {
  Wire wire;
  stack::EchoSocket socket(wire.stack(), 99);
  EXPECT_EQ(socket.Send(TestHost::IpOf(200), 5, Pattern(8)), Status::kOk);
  wire.Advance(stack::kArpRequestTries * stack::kArpRequestInterval);
  const auto error = socket.Receive();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->error_type, wire::kIcmpUnreachable);
  EXPECT_EQ(error->error_code, wire::kUnreachableHost);
  EXPECT_EQ(error->from, base::IpAddress(kHostIp));
  EXPECT_EQ(error->sequence, 5);
}

TEST(EchoSocket, WithoutARouteNothingIsSent) {
  Wire wire;
  wire.host().netif().SetIpv4({});
  stack::EchoSocket socket(wire.stack());
  EXPECT_EQ(socket.Send(kPeerIp, 1, {}), Status::kUnreachable);
  EXPECT_TRUE(wire.Silent());
  EXPECT_EQ(wire.stats().ipv4.tx_no_route, 1u);
  EXPECT_EQ(wire.host().buffers_in_use(), 0u);
}

TEST(EchoSocket, LeavesTheStackWhenDestroyed) {
  Wire wire;
  {
    stack::EchoSocket socket(wire.stack(), 99);
  }
  InjectIcmp(wire, {.type = wire::kIcmpEchoReply, .identifier = 99}, {});
  EXPECT_EQ(wire.stats().icmp.rx_echo_unmatched, 1u);
}

TEST(EchoSocket, TwoStacksPingEachOther) {
  Pair pair;
  pair.RunFor(3s);
  stack::EchoSocket socket(pair.a().stack());
  for (uint16_t i = 0; i < 10; ++i) {
    EXPECT_EQ(socket.Send(pair.b().ip(), i, Pattern(56)), Status::kOk);
    EXPECT_TRUE(pair.RunUntil([&] { return socket.Receive().has_value(); }, 1s));
  }
  EXPECT_EQ(pair.b().stack().stats().icmp.tx_echo_replies, 10u);
}

}  // namespace
}  // namespace test
