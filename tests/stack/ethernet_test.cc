#include "stack/ethernet.h"

#include <gtest/gtest.h>

#include "tests/support/same_fields.h"
#include "tests/support/test_host.h"

namespace test {
namespace {

using stack::StackStats;

constexpr MacAddress kHostMac = TestHost::MacOf(1);
constexpr wire::EthernetHeader kToHost{
    .destination = kHostMac, .source = Wire::kPeerMac, .type = wire::kEtherTypeIpv4};

ByteVector EchoRequest(size_t size) {
  return Ipv4Packet({.ttl = 64,
                     .protocol = wire::kProtocolIcmp,
                     .source = Wire::kPeerIp,
                     .destination = TestHost::IpOf(1)},
                    IcmpPacket({.type = wire::kIcmpEchoRequest}, Pattern(size)));
}

// Every frame here is dropped for one reason, which one counter names, and leaves nothing behind.
void ExpectDropped(Wire& wire, ByteVector frame, const StackStats& expected) {
  wire.Inject(std::move(frame));
  EXPECT_TRUE(wire.Silent());
  EXPECT_TRUE(SameFields(wire.stats(), expected));
  EXPECT_EQ(wire.host().buffers_in_use(), 0u);
}

TEST(EthernetReceive, DropsFramesShorterThanAHeader) {
  for (const size_t size : {0u, 1u, 13u}) {
    Wire wire;
    ExpectDropped(wire, ByteVector(size), {.ethernet = {.rx_runt = 1}});
  }
}

TEST(EthernetReceive, DropsUnicastToOthers) {
  Wire wire;
  wire::EthernetHeader header = kToHost;
  header.destination = TestHost::MacOf(2);
  ExpectDropped(wire, EthernetFrame(header, EchoRequest(8)), {.ethernet = {.rx_not_for_us = 1}});
}

TEST(EthernetReceive, DropsGroupAndZeroSources) {
  for (const MacAddress source :
       {"03:00:00:00:00:09"_mac, "ff:ff:ff:ff:ff:ff"_mac, "00:00:00:00:00:00"_mac}) {
    Wire wire;
    wire::EthernetHeader header = kToHost;
    header.source = source;
    ExpectDropped(wire, EthernetFrame(header, EchoRequest(8)),
                  {.ethernet = {.rx_source_group = 1}});
  }
}

TEST(EthernetReceive, DropsOurOwnFrames) {
  Wire wire;
  wire::EthernetHeader header = kToHost;
  header.source = kHostMac;
  ExpectDropped(wire, EthernetFrame(header, EchoRequest(8)), {.ethernet = {.rx_own_source = 1}});
}

TEST(EthernetReceive, DropsUnknownEtherTypesAndLengths) {
  for (const uint16_t type : std::to_array<uint16_t>({0x8100, 0x86dd, 0x8035, 0x0600, 0xffff})) {
    Wire wire;
    wire::EthernetHeader header = kToHost;
    header.type = type;
    ExpectDropped(wire, EthernetFrame(header, EchoRequest(8)),
                  {.ethernet = {.rx_unknown_ethertype = 1}});
  }
  for (const uint16_t length : std::to_array<uint16_t>({0x0000, 0x002e, 0x05dc, 0x05ff})) {
    Wire wire;
    wire::EthernetHeader header = kToHost;
    header.type = length;
    ExpectDropped(wire, EthernetFrame(header, EchoRequest(8)),
                  {.ethernet = {.rx_length_field = 1}});
  }
}

TEST(EthernetReceive, LongFramesStayInTheDriver) {
  Wire wire;
  ExpectDropped(wire, EthernetFrame(kToHost, ByteVector(1501)), {});
  EXPECT_EQ(wire.host().driver().stats().rx_too_long, 1u);
}

TEST(EthernetSend, PadsWithZeros) {
  Wire wire;
  wire.IntroducePeer();
  // A large frame first, so that buffers hold something that must not leak.
  wire.Inject(EthernetFrame(kToHost, EchoRequest(1000)));
  wire.Next();
  wire.Inject(EthernetFrame(kToHost, EchoRequest(1)));
  const ByteVector frame = wire.host().driver().sent().front();
  ASSERT_EQ(frame.size(), wire::kMinFrame);
  EXPECT_EQ(ByteVector(frame.begin() + 14 + 29, frame.end()), ByteVector(60 - 14 - 29));
}

TEST(EthernetSend, PadsSharedFramesWithoutTouchingWhatFollows) {
  Wire wire;
  auto frame = wire.host().pools().Allocate(2, 100, base::Holder::kStack);
  ASSERT_TRUE(frame);
  const ByteVector bytes = Pattern(100);
  std::ranges::copy(bytes, frame->Append(100).begin());
  auto part = frame->Share(base::Holder::kStack);
  ASSERT_TRUE(part);
  part->TrimBack(80);
  EXPECT_EQ(wire.stack().TransmitRaw(wire.host().netif(), std::move(*part)), base::Status::kOk);
  const ByteVector sent = wire.host().driver().sent().front();
  ASSERT_EQ(sent.size(), wire::kMinFrame);
  EXPECT_EQ(ByteVector(sent.begin() + 20, sent.end()), ByteVector(40));
  EXPECT_EQ(ToVector(frame->bytes()), bytes);
}

TEST(EthernetSend, FramesWaitInOrderWhenTheMacIsFull) {
  Wire wire;
  wire.IntroducePeer();
  wire.host().driver().LimitRoom(1);
  for (const size_t size : {100u, 101u, 102u}) {
    wire.Inject(EthernetFrame(kToHost, EchoRequest(size)));
  }
  EXPECT_EQ(wire.Next().payload.size(), 100u);
  EXPECT_TRUE(wire.Silent());
  wire.host().driver().LimitRoom(2);
  wire.Advance(stack::kOutputRetryInterval);
  EXPECT_EQ(wire.Next().payload.size(), 101u);
  EXPECT_EQ(wire.Next().payload.size(), 102u);
  EXPECT_EQ(wire.host().buffers_in_use(), 0u);
}

TEST(EthernetSend, TheQueueInFrontOfTheMacIsBounded) {
  Wire wire;
  wire.IntroducePeer();
  wire.host().driver().LimitRoom(0);
  for (size_t i = 0; i < stack::kOutputQueueFrames + 3; ++i) {
    wire.Inject(EthernetFrame(kToHost, EchoRequest(8)));
  }
  EXPECT_EQ(wire.stats().ethernet.tx_queue_full, 3u);
  EXPECT_EQ(wire.stats().icmp.tx_echo_replies, stack::kOutputQueueFrames);
  EXPECT_EQ(wire.host().buffers_in_use(), stack::kOutputQueueFrames);
  wire.host().driver().SetLink(false);
  wire.Advance(stack::kOutputRetryInterval);
  EXPECT_EQ(wire.host().buffers_in_use(), 0u);
  EXPECT_EQ(wire.stats().ethernet.tx_driver_refused, stack::kOutputQueueFrames);
}

TEST(EthernetSend, ADmaRingKeepsFramesUntilTheyAreReaped) {
  Wire wire;
  wire.IntroducePeer();
  wire.host().driver().HoldSent(true);
  wire.host().driver().Receive(EthernetFrame(kToHost, EchoRequest(8)));
  wire.stack().Poll(wire.now());
  EXPECT_EQ(wire.host().driver().held(), 1u);
  EXPECT_EQ(wire.host().buffers_in_use(), 1u);
  wire.stack().Poll(wire.now());
  EXPECT_EQ(wire.host().buffers_in_use(), 0u);
}

}  // namespace
}  // namespace test
