#include "stack/udp.h"

#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/support/same_fields.h"
#include "tests/support/test_host.h"

namespace test {
namespace {

using base::Status;
using stack::UdpSocket;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr Ipv4Address kHostIp = TestHost::IpOf(1);
constexpr Ipv4Address kPeerIp = Wire::kPeerIp;

TEST(UdpReceive, DeliversPayloadSenderAndTime) {
  for (const bool summed : {true, false}) {
    for (const size_t size : {0u, 1u, 17u, 18u, 19u, 1472u}) {
      Wire wire;
      wire.host().driver().SumReceived(summed);
      UdpSocket socket(wire.stack());
      EXPECT_EQ(socket.Bind(5000), Status::kOk);
      wire.InjectUdp(7, 5000, Pattern(size));
      auto datagram = socket.Receive();
      ASSERT_TRUE(datagram);
      EXPECT_EQ(ToVector(datagram->payload.bytes()), Pattern(size));
      EXPECT_EQ(datagram->from, (base::SocketAddress{kPeerIp, 7}));
      EXPECT_EQ(datagram->to, base::IpAddress(kHostIp));
      EXPECT_EQ(datagram->netif, &wire.host().netif());
      EXPECT_EQ(datagram->ttl, 64);
      EXPECT_EQ(datagram->received, wire.now());
      EXPECT_EQ(socket.Receive().error(), Status::kUnavailable);
      EXPECT_TRUE(wire.Silent());
      EXPECT_TRUE(SameFields(wire.stats(), {.ipv4 = {.rx_packets = 1, .rx_delivered = 1},
                                            .udp = {.rx_datagrams = 1}}));
      datagram->payload.Reset();
      EXPECT_EQ(wire.host().buffers_in_use(), 0u);
    }
  }
}

void ExpectDropped(const wire::UdpHeader& header, base::ConstByteSpan payload,
                   const stack::UdpStats& expected) {
  for (const bool summed : {true, false}) {
    Wire wire;
    wire.IntroducePeer();
    wire.host().driver().SumReceived(summed);
    UdpSocket socket(wire.stack());
    EXPECT_EQ(socket.Bind(5000), Status::kOk);
    wire.InjectIpv4({.protocol = wire::kProtocolUdp}, UdpPacket(header, kPeerIp, kHostIp, payload));
    EXPECT_FALSE(socket.Receive());
    EXPECT_TRUE(wire.Silent());
    EXPECT_TRUE(SameFields(wire.stats().udp, expected));
    EXPECT_EQ(wire.host().buffers_in_use(), 0u);
  }
}

TEST(UdpReceive, DropsImpossibleLengths) {
  for (const uint16_t length : std::to_array<uint16_t>({1, 7, 21, 0x7fff, 0xffff})) {
    ExpectDropped({.source_port = 7, .destination_port = 5000, .length = length}, ByteVector(12),
                  {.rx_bad_length = 1});
  }
  Wire wire;
  wire.InjectIpv4({.protocol = wire::kProtocolUdp}, ByteVector(7));
  EXPECT_TRUE(SameFields(wire.stats().udp, {.rx_bad_length = 1}));
}

TEST(UdpReceive, CutsOffWhatIsBehindItsLength) {
  Wire wire;
  UdpSocket socket(wire.stack());
  EXPECT_EQ(socket.Bind(5000), Status::kOk);
  ByteVector packet =
      UdpPacket({.source_port = 7, .destination_port = 5000}, kPeerIp, kHostIp, Pattern(11));
  packet.resize(packet.size() + 9, std::byte{0xee});
  wire.InjectIpv4({.protocol = wire::kProtocolUdp}, packet);
  EXPECT_EQ(ToVector(socket.Receive()->payload.bytes()), Pattern(11));
}

TEST(UdpReceive, DropsBadChecksums) {
  ExpectDropped({.source_port = 7, .destination_port = 5000, .checksum = 0x1234}, Pattern(12),
                {.rx_bad_checksum = 1});
}

TEST(UdpReceive, TakesDatagramsWithoutAChecksum) {
  Wire wire;
  UdpSocket socket(wire.stack());
  EXPECT_EQ(socket.Bind(5000), Status::kOk);
  wire.InjectIpv4(
      {.protocol = wire::kProtocolUdp},
      WithHeader(wire::UdpHeader{.source_port = 7, .destination_port = 5000, .length = 12},
                 Pattern(4)));
  EXPECT_TRUE(socket.Receive());
}

TEST(UdpReceive, DropsPortZero) {
  ExpectDropped({.source_port = 7, .destination_port = 0}, Pattern(12), {.rx_bad_port = 1});
}

TEST(UdpReceive, DropsLand) {
  Wire wire;
  wire.IntroducePeer();
  UdpSocket socket(wire.stack());
  EXPECT_EQ(socket.Bind(5000), Status::kOk);
  wire.InjectIpv4({.protocol = wire::kProtocolUdp, .source = kHostIp},
                  UdpPacket({.source_port = 5000, .destination_port = 5000}, kHostIp, kHostIp, {}));
  EXPECT_FALSE(socket.Receive());
  EXPECT_TRUE(wire.Silent());
  EXPECT_EQ(wire.stats().ipv4.rx_bad_source, 1u);
}

TEST(UdpReceive, TheQueueIsBounded) {
  Wire wire;
  UdpSocket socket(wire.stack(), {.max_queued = 2});
  EXPECT_EQ(socket.Bind(5000), Status::kOk);
  for (uint16_t i = 1; i <= 5; ++i) {
    wire.InjectUdp(i, 5000, {});
  }
  EXPECT_EQ(socket.Receive()->from.port, 1);
  EXPECT_EQ(socket.Receive()->from.port, 2);
  EXPECT_FALSE(socket.Receive());
  EXPECT_TRUE(SameFields(wire.stats().udp, {.rx_datagrams = 2, .rx_queue_full = 3}));
  EXPECT_EQ(wire.host().buffers_in_use(), 0u);
}

TEST(UdpReceive, RaisesItsSignal) {
  Wire wire;
  UdpSocket socket(wire.stack());
  EXPECT_EQ(socket.Bind(5000), Status::kOk);
  struct Listener : base::Waiter {
    Listener() : Waiter([](Waiter& self) { ++static_cast<Listener&>(self).runs; }) {}
    int runs = 0;
  } listener;
  socket.changed().Wait(listener);
  wire.InjectUdp(7, 5001, {});
  EXPECT_EQ(listener.runs, 0);
  wire.InjectUdp(7, 5000, {});
  EXPECT_EQ(listener.runs, 1);
}

TEST(UdpBind, APortBelongsToOneSocket) {
  Wire wire;
  UdpSocket first(wire.stack());
  UdpSocket second(wire.stack());
  EXPECT_EQ(first.Bind(5000), Status::kOk);
  EXPECT_EQ(second.Bind(5000), Status::kBusy);
  EXPECT_EQ(second.Bind(5008), Status::kOk);  // the same bucket
  wire.InjectUdp(7, 5008, {});
  EXPECT_FALSE(first.Receive());
  EXPECT_TRUE(second.Receive());
  first.Close();
  EXPECT_EQ(second.Bind(5000), Status::kOk);
  EXPECT_EQ(second.port(), 5000);
}

TEST(UdpBind, RandomPortsAreInTheDynamicRangeAndDiffer) {
  Wire wire;
  std::set<uint16_t> ports;
  for (int i = 0; i < 200; ++i) {
    UdpSocket socket(wire.stack());
    EXPECT_EQ(socket.Bind(0), Status::kOk);
    EXPECT_GE(socket.port(), stack::kFirstEphemeralPort);
    ports.insert(socket.port());
  }
  EXPECT_GT(ports.size(), 190u);
}

TEST(UdpBind, ClosedAndDestroyedSocketsGiveEverythingBack) {
  Wire wire;
  wire.IntroducePeer();
  {
    UdpSocket socket(wire.stack());
    EXPECT_EQ(socket.Bind(5000), Status::kOk);
    wire.InjectUdp(7, 5000, Pattern(10));
    EXPECT_EQ(wire.host().buffers_in_use(), 1u);
  }
  EXPECT_EQ(wire.host().buffers_in_use(), 0u);
  wire.InjectUdp(7, 5000, Pattern(10));
  EXPECT_EQ(wire.Next().icmp->code, wire::kUnreachablePort);
}

TEST(UdpSend, SumsAndNumbers) {
  EXPECT_TRUE(rc::check("datagrams arrive as they were sent", [] {
    Wire wire;
    wire.IntroducePeer();
    UdpSocket socket(wire.stack());
    const auto payload = *rc::gen::container<std::vector<uint8_t>>(rc::gen::arbitrary<uint8_t>());
    RC_ASSERT(socket.Bind(5000) == Status::kOk);
    RC_ASSERT(socket.SendTo(std::as_bytes(std::span(payload)), {kPeerIp, 6000}) == Status::kOk);
    const Packet packet = wire.Next();
    RC_ASSERT(packet.checksums);
    RC_ASSERT(packet.udp->source_port == 5000);
    RC_ASSERT(packet.udp->destination_port == 6000);
    RC_ASSERT(packet.udp->checksum != 0);
    RC_ASSERT(packet.payload == ToVector(std::as_bytes(std::span(payload))));
    RC_ASSERT(wire.host().buffers_in_use() == 0u);
  }));
}

TEST(UdpSend, AChecksumOfZeroIsSentAsOnes) {
  Wire wire;
  wire.IntroducePeer();
  UdpSocket socket(wire.stack());
  EXPECT_EQ(socket.Bind(5000), Status::kOk);
  // The payload that makes the rest add up to 0xffff.
  const wire::UdpHeader header{.source_port = 5000, .destination_port = 6000, .length = 10};
  const base::Sum rest =
      base::AddSums(base::SumBytes(WithHeader(header, {})),
                    wire::PseudoHeaderSum(kHostIp, kPeerIp, wire::kProtocolUdp, header.length));
  ByteVector payload(2);
  base::StoreBe16(payload.data(), base::FinishChecksum(rest));
  EXPECT_EQ(socket.SendTo(payload, {kPeerIp, 6000}), Status::kOk);
  const Packet packet = wire.Next();
  EXPECT_EQ(packet.udp->checksum, 0xffff);
  EXPECT_TRUE(packet.checksums);
}

TEST(UdpSend, AReceivedBufferGoesBackWithoutACopy) {
  Wire wire;
  wire.IntroducePeer();
  UdpSocket socket(wire.stack());
  EXPECT_EQ(socket.Bind(7), Status::kOk);
  wire.InjectUdp(5000, 7, Pattern(64));
  auto datagram = socket.Receive();
  ASSERT_TRUE(datagram);
  EXPECT_TRUE(datagram->payload.has_sum());
  wire.host().pools().FailAllocation(1);  // there must be none
  EXPECT_EQ(socket.SendTo(std::move(datagram->payload), datagram->from), Status::kOk);
  const Packet echo = wire.Next();
  EXPECT_EQ(echo.payload, Pattern(64));
  EXPECT_TRUE(echo.checksums);
  EXPECT_EQ(wire.host().buffers_in_use(), 0u);
}

TEST(UdpSend, MemoryOfOthersIsSentWhereItIs) {
  Wire wire;
  wire.IntroducePeer();
  UdpSocket socket(wire.stack());
  const ByteVector flash = Pattern(501);
  auto wrapped = wire.host().pools().Wrap(flash, base::Holder::kApplication);
  EXPECT_EQ(socket.SendTo(std::move(*wrapped), {kPeerIp, 6000}), Status::kOk);
  const Packet packet = wire.Next();
  EXPECT_EQ(packet.payload, flash);
  EXPECT_TRUE(packet.checksums);
  EXPECT_EQ(wire.host().buffers_in_use(), 0u);
}

TEST(UdpSend, RefusesWhatCannotBe) {
  Wire wire;
  wire.IntroducePeer();
  UdpSocket socket(wire.stack());
  EXPECT_EQ(socket.SendTo(ByteVector(1), {kPeerIp, 0}), Status::kInvalidArgument);
  EXPECT_EQ(socket.SendTo(ByteVector(65508), {kPeerIp, 9}), Status::kInvalidArgument);
  EXPECT_EQ(socket.SendTo(ByteVector(1), {"127.0.0.1"_ip, 9}), Status::kUnreachable);
  EXPECT_EQ(socket.SendTo(ByteVector(1), {kHostIp, 9}), Status::kUnreachable);
  EXPECT_TRUE(wire.Silent());
  EXPECT_EQ(wire.host().buffers_in_use(), 0u);
}

TEST(UdpSend, EveryFailedAllocationIsAStatus) {
  const ByteVector flash = Pattern(3000);
  for (uint32_t n = 1; n < 20; ++n) {
    Wire wire;
    wire.IntroducePeer();
    UdpSocket socket(wire.stack());
    auto wrapped = wire.host().pools().Wrap(flash, base::Holder::kApplication);
    wire.host().pools().FailAllocation(n);
    const Status status = socket.SendTo(std::move(*wrapped), {kPeerIp, 6000});
    EXPECT_TRUE(status == Status::kOk || status == Status::kResourceExhausted);
    EXPECT_EQ(wire.host().buffers_in_use(), 0u);
  }
}

TEST(UdpSend, SaysThatTheLinkIsDown) {
  Wire wire;
  wire.IntroducePeer();
  UdpSocket socket(wire.stack());
  wire.host().driver().SetLink(false);
  wire.Advance(1ms);
  EXPECT_EQ(socket.SendTo(ByteVector(1), {base::kIpv4Broadcast, 9}), Status::kUnreachable);
  EXPECT_EQ(wire.stats().ethernet.tx_driver_refused, 1u);
}

TEST(UdpError, AnUnreachablePortIsTheSendersNews) {
  Wire wire;
  wire.IntroducePeer();
  UdpSocket socket(wire.stack());
  EXPECT_EQ(socket.Bind(5000), Status::kOk);
  EXPECT_EQ(socket.SendTo(ToBytes("x"), {kPeerIp, 6000}), Status::kOk);
  const Packet sent = wire.Next();
  wire.InjectIpv4({.protocol = wire::kProtocolIcmp},
                  IcmpPacket({.type = wire::kIcmpUnreachable, .code = wire::kUnreachablePort},
                             WithHeader(*sent.ipv4, WithHeader(*sent.udp, {}))));
  EXPECT_EQ(socket.TakeError(), Status::kUnreachable);
  EXPECT_EQ(socket.TakeError(), Status::kOk);
  EXPECT_TRUE(wire.Silent());
}

TEST(UdpPair, EchoesOverACable) {
  Pair pair({.delay = 1ms});
  pair.RunFor(3s);
  UdpSocket server(pair.b().stack());
  EXPECT_EQ(server.Bind(7), Status::kOk);
  UdpSocket client(pair.a().stack());
  EXPECT_EQ(client.SendTo(ToBytes("hello"), {pair.b().ip(), 7}), Status::kOk);
  ASSERT_TRUE(pair.RunUntil(
      [&] {
        if (auto request = server.Receive()) {
          EXPECT_EQ(server.SendTo(std::move(request->payload), request->from), Status::kOk);
        }
        auto answer = client.Receive();
        return answer && ToText(answer->payload.bytes()) == "hello";
      },
      1s));
}

TEST(Udp, ListsBoundPortsAndWhatWaitsThere) {
  Wire wire;
  stack::UdpSocket quiet(wire.stack());
  stack::UdpSocket busy(wire.stack());
  EXPECT_EQ(quiet.Bind(7), Status::kOk);
  EXPECT_EQ(busy.Bind(4000), Status::kOk);
  wire.InjectUdp(1000, 4000, ToBytes("a"));
  wire.InjectUdp(1000, 4000, ToBytes("b"));
  std::array<stack::UdpBinding, 4> list;
  ASSERT_EQ(wire.stack().udp().List(list), 2u);
  std::map<uint16_t, uint16_t> queued;
  for (const stack::UdpBinding& binding : std::span(list).first(2)) {
    queued[binding.port] = binding.queued;
  }
  EXPECT_EQ(queued, (std::map<uint16_t, uint16_t>{{7, 0}, {4000, 2}}));
  EXPECT_EQ(wire.stack().udp().List(std::span(list).first(1)), 1u);
}

}  // namespace
}  // namespace test
