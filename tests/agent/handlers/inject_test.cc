#include <gtest/gtest.h>

#include "tests/agent/agent_bench.h"

namespace agent {
namespace {

using base::Status;
using protocol::FrameDirection;

class InjectTest : public testing::Test {
 protected:
  InjectTest() { bench_.UseStaticAddress(); }

  static base::Bytes<protocol::kMaxFrame> Frame(const test::ByteVector& bytes) {
    base::Bytes<protocol::kMaxFrame> frame;
    frame.Assign(bytes);
    return frame;
  }
  static test::ByteVector EchoRequest() {
    return test::EthernetFrame(
        {.destination = AgentBench::kMac,
         .source = AgentBench::kPeerMac,
         .type = wire::kEtherTypeIpv4},
        test::Ipv4Packet({.ttl = 64,
                          .protocol = wire::kProtocolIcmp,
                          .source = AgentBench::kPeerIp,
                          .destination = AgentBench::kIp},
                         test::IcmpPacket({.type = wire::kIcmpEchoRequest}, {})));
  }

  AgentBench bench_;
};

TEST_F(InjectTest, ReceivesAsIfTheMacHad) {
  bench_.StartPeer();
  EXPECT_TRUE(bench_.Call<protocol::InjectFrame>({.frame = Frame(EchoRequest())}));
  bench_.RunFor(1s);
  ASSERT_FALSE(bench_.sent.empty());
  ASSERT_TRUE(bench_.sent.back().icmp);
  EXPECT_EQ(bench_.sent.back().icmp->type, wire::kIcmpEchoReply);
}

TEST_F(InjectTest, TransmitsAsItIs) {
  test::ByteVector bytes = test::Pattern(100);
  test::ByteVector seen;
  bench_.on_frame = [&](const test::Packet&, const test::ByteVector& frame) {
    seen = frame;
    return true;
  };
  EXPECT_TRUE(bench_.Call<protocol::InjectFrame>(
      {.direction = FrameDirection::kTransmit, .frame = Frame(bytes)}));
  EXPECT_EQ(seen, bytes);
}

TEST_F(InjectTest, SaysWhyAFrameWasNotSent) {
  const auto empty = bench_.Call<protocol::InjectFrame>({});
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error(), Status::kInvalidArgument);
  bench_.driver().SetLink(false);
  bench_.RunFor(1s);
  const auto down = bench_.Call<protocol::InjectFrame>(
      {.direction = FrameDirection::kTransmit, .frame = Frame(test::Pattern(100))});
  ASSERT_FALSE(down);
  EXPECT_EQ(down.error(), Status::kUnreachable);
}

TEST_F(InjectTest, TenThousandRandomFramesLeaveTheBoardAsItWas) {
  bench_.StartPeer();
  const uint16_t job = bench_.Start<protocol::InjectRandom>({.count = 10'000, .seed = 4711});
  EXPECT_EQ(bench_.Finish(job, std::chrono::minutes(5)), Status::kOk);
  const auto progress = bench_.Events<protocol::InjectProgress>(job).back();
  EXPECT_EQ(progress.injected + progress.refused, 10'000u);
  // Half-open connections, reassembly and ARP let go of what they hold within their time-outs.
  bench_.RunFor(std::chrono::minutes(5));
  EXPECT_EQ(bench_.buffers_in_use(), 0u);
  const auto before = bench_.Call<protocol::GetStats>();
  ASSERT_TRUE(before);
  EXPECT_GT(before->stack.ipv4.rx_bad_checksum, 0u);
  bench_.PingPeer(1);
  const auto after = bench_.Call<protocol::GetStats>();
  ASSERT_TRUE(after);
  EXPECT_EQ(after->stack.icmp.rx_echo_replies, before->stack.icmp.rx_echo_replies + 1)
      << "the board still pings";
}

TEST_F(InjectTest, RandomFramesOnTheWireAreBoundedByTheMac) {
  const uint16_t job = bench_.Start<protocol::InjectRandom>(
      {.direction = FrameDirection::kTransmit, .count = 500, .seed = 1});
  EXPECT_EQ(bench_.Finish(job), Status::kOk);
  const auto progress = bench_.Events<protocol::InjectProgress>(job).back();
  EXPECT_EQ(progress.injected + progress.refused, 500u);
  EXPECT_EQ(bench_.buffers_in_use(), 0u);
}

}  // namespace
}  // namespace agent
