#include "stack/stack.h"

#include <gtest/gtest.h>

#include "tests/support/same_fields.h"
#include "tests/support/test_host.h"

namespace test {
namespace {

using base::Status;
using std::chrono_literals::operator""s;

class RecordingTap : public stack::FrameTap {
 public:
  void OnFrame(const stack::NetIf& netif, stack::Direction direction, const base::Pbuf& frame,
               base::Instant when) override {
    frames.push_back({netif.name(), direction, frame.size(), when});
  }
  struct Frame {
    std::string_view name;
    stack::Direction direction;
    size_t size;
    base::Instant when;
    bool operator==(const Frame&) const = default;
  };
  std::vector<Frame> frames;
};

ByteVector ArpRequestFrame() {
  return EthernetFrame(
      {.destination = base::kMacBroadcast, .source = Wire::kPeerMac, .type = wire::kEtherTypeArp},
      WithHeader(wire::ArpPacket{.operation = wire::kArpRequest,
                                 .sender_mac = Wire::kPeerMac,
                                 .sender_ip = Wire::kPeerIp,
                                 .target_ip = TestHost::IpOf(1)},
                 {}));
}

TEST(StackPoll, TakesABoundedNumberOfFramesAndAsksForMore) {
  Wire wire;
  for (size_t i = 0; i < stack::kFramesPerPoll + 5; ++i) {
    wire.host().driver().Receive(ArpRequestFrame());
  }
  EXPECT_EQ(wire.stack().Poll(wire.now()), wire.now());
  EXPECT_EQ(wire.stats().arp.rx_requests, stack::kFramesPerPoll);
  EXPECT_GT(wire.stack().Poll(wire.now()), wire.now());
  EXPECT_EQ(wire.stats().arp.rx_requests, stack::kFramesPerPoll + 5);
}

TEST(StackPoll, WantsNothingWhenNothingIsGoingOn) {
  Wire wire;
  EXPECT_EQ(wire.stack().Poll(wire.now()), base::kNever);
}

TEST(StackTap, SeesBothDirectionsOnce) {
  Wire wire;
  RecordingTap tap;
  wire.stack().set_tap(&tap);
  wire.Inject(ArpRequestFrame());
  using Frame = RecordingTap::Frame;
  EXPECT_EQ(tap.frames,
            (std::vector<Frame>{{"eth0", stack::Direction::kReceive, 42, wire.now()},
                                {"eth0", stack::Direction::kTransmit, 60, wire.now()}}));
  wire.stack().set_tap(nullptr);
  wire.Inject(ArpRequestFrame());
  EXPECT_EQ(tap.frames.size(), 2u);
}

TEST(StackTap, AFrameThatWaitsForTheMacIsSeenWhenItLeaves) {
  Wire wire;
  RecordingTap tap;
  wire.host().driver().LimitRoom(0);
  wire.stack().set_tap(&tap);
  wire.Inject(ArpRequestFrame());
  EXPECT_EQ(tap.frames.size(), 1u);
  wire.host().driver().LimitRoom(1);
  wire.Advance(stack::kOutputRetryInterval);
  EXPECT_EQ(tap.frames.size(), 2u);
}

TEST(StackInject, IsLikeReceiving) {
  Wire wire;
  const ByteVector bytes = ArpRequestFrame();
  auto frame = wire.host().pools().Allocate(stack::EthernetDriver::kReceiveHeadroom, bytes.size(),
                                            base::Holder::kApplication);
  ASSERT_TRUE(frame);
  std::ranges::copy(bytes, frame->Append(bytes.size()).begin());
  wire.stack().InjectReceived(wire.host().netif(), std::move(*frame));
  EXPECT_EQ(wire.Next().arp->operation, wire::kArpReply);
}

TEST(StackTransmitRaw, ChecksTheSize) {
  Wire wire;
  const auto send = [&](size_t size) {
    auto frame = wire.host().pools().AllocateCopy(2, Pattern(size), base::Holder::kApplication);
    return wire.stack().TransmitRaw(wire.host().netif(), std::move(*frame));
  };
  EXPECT_EQ(send(13), Status::kInvalidArgument);
  EXPECT_EQ(send(1515), Status::kInvalidArgument);
  EXPECT_TRUE(wire.Silent());
  EXPECT_EQ(send(1514), Status::kOk);
  EXPECT_EQ(wire.host().driver().sent().front(), Pattern(1514));
  EXPECT_EQ(wire.host().buffers_in_use(), 0u);
}

TEST(StackLink, AnnouncesTheAddressWhenTheLinkComesUp) {
  Wire wire;
  wire.host().driver().SetLink(false);
  wire.Advance(1s);
  EXPECT_FALSE(wire.host().netif().is_up());
  wire.host().driver().SetLink(true);
  wire.Advance(10s);
  for (int i = 0; i < stack::kArpAnnouncements; ++i) {
    const Packet announcement = wire.Next();
    EXPECT_EQ(announcement.arp->sender_ip, wire.host().ip());
    EXPECT_EQ(announcement.arp->target_ip, wire.host().ip());
  }
  EXPECT_TRUE(wire.Silent());
}

TEST(StackAddress, OtherServersAreNoNewAddress) {
  Wire wire;
  wire.IntroducePeer();
  stack::Ipv4Config config = wire.host().netif().ipv4();
  config.gateway = TestHost::IpOf(200);
  config.dns = {TestHost::IpOf(201)};
  wire.host().netif().SetIpv4(config);
  wire.Advance(10s);
  EXPECT_TRUE(wire.Silent());
  config.address = TestHost::IpOf(77);
  wire.host().netif().SetIpv4(config);
  wire.Advance(1s);
  EXPECT_EQ(wire.Next().arp->sender_ip, TestHost::IpOf(77));
}

TEST(StackLink, RaisesItsSignal) {
  Wire wire;
  struct Listener : base::Waiter {
    Listener() : Waiter([](Waiter& self) { ++static_cast<Listener&>(self).runs; }) {}
    int runs = 0;
  } listener;
  wire.stack().link_changed().Wait(listener);
  wire.Advance(1s);
  EXPECT_EQ(listener.runs, 0);
  wire.host().driver().SetLink(false);
  wire.Advance(1s);
  EXPECT_EQ(listener.runs, 1);
}

TEST(StackInterfaces, EachAnswersForItself) {
  TestPools storage;
  base::Executor executor;
  FakeEthernetDriver first(storage.pools(), TestHost::MacOf(1));
  FakeEthernetDriver second(storage.pools(), TestHost::MacOf(2));
  stack::NetIf eth0(first, "eth0");
  stack::NetIf eth1(second, "eth1");
  eth0.SetIpv4({.address = "192.0.2.1"_ip, .mask = Ipv4Address::Mask(24)});
  eth1.SetIpv4({.address = "198.51.100.1"_ip, .mask = Ipv4Address::Mask(24)});
  const std::array<stack::NetIf*, 2> interfaces{&eth0, &eth1};
  stack::Stack stack(interfaces, storage.pools(), executor);
  stack.Poll(base::Instant{});
  first.sent().clear();
  second.sent().clear();
  second.Receive(ArpRequestFrame());  // for 192.0.2.1, which is on the other one
  stack.Poll(base::Instant{});
  EXPECT_TRUE(second.sent().empty());
  first.Receive(ArpRequestFrame());
  stack.Poll(base::Instant{});
  EXPECT_EQ(first.sent().size(), 1u);
  EXPECT_TRUE(second.sent().empty());
}

}  // namespace
}  // namespace test
