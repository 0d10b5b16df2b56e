#include "agent/handlers/link_test.h"

#include <gtest/gtest.h>

#include "tests/agent/agent_bench.h"

namespace agent {
namespace {

using base::Status;
using protocol::LinkTestPath;

class LinkTest : public testing::Test {
 protected:
  LinkTest() { bench_.UseStaticAddress(); }

  static protocol::LinkTestRequest Request(LinkTestPath path) {
    protocol::LinkTestRequest request{.path = path, .partner = AgentBench::kPeerIp, .frames = 3};
    request.sizes.Append(60);
    request.sizes.Append(1514);
    return request;
  }

  AgentBench bench_;
};

TEST_F(LinkTest, SendsEverySizeAndPatternRoundTheLoop) {
  for (const LinkTestPath path : {LinkTestPath::kMacLoopback, LinkTestPath::kPhyLoopback}) {
    const uint16_t job = bench_.Start<protocol::TestLink>(Request(path));
    EXPECT_EQ(bench_.Finish(job), Status::kOk);
    const auto steps = bench_.Events<protocol::LinkTestStep>(job);
    ASSERT_EQ(steps.size(), 2u * protocol::kLinkTestPatterns);
    for (const protocol::LinkTestResult& step : steps) {
      EXPECT_EQ(step.sent, 3);
      EXPECT_EQ(step.received, 3);
      EXPECT_EQ(step.corrupted, 0);
    }
    EXPECT_EQ(steps[0].size, 60);
    EXPECT_EQ(steps.back().size, 1514);
    EXPECT_EQ(bench_.driver().loopback(), base::Loopback::kOff);
    EXPECT_EQ(bench_.core().stack.tap(), nullptr);
    EXPECT_EQ(bench_.buffers_in_use(), 0u);
  }
}

TEST_F(LinkTest, FindsTheFirstBadByte) {
  bench_.on_frame = [this](const test::Packet&, const test::ByteVector& frame) {
    test::ByteVector bad = frame;
    bad[50] ^= std::byte{0x10};
    bench_.driver().Receive(bad);
    return true;
  };
  const uint16_t job = bench_.Start<protocol::TestLink>(Request(LinkTestPath::kMacLoopback));
  EXPECT_EQ(bench_.Finish(job), Status::kOk);
  for (const auto& step : bench_.Events<protocol::LinkTestStep>(job)) {
    EXPECT_EQ(step.corrupted, 3);
    EXPECT_EQ(step.first_bad_offset, 50);
  }
}

TEST_F(LinkTest, CountsLostFrames) {
  int count = 0;
  bench_.on_frame = [&](const test::Packet&, const test::ByteVector&) { return count++ % 3 == 0; };
  const uint16_t job = bench_.Start<protocol::TestLink>(Request(LinkTestPath::kMacLoopback));
  EXPECT_EQ(bench_.Finish(job), Status::kOk);
  for (const auto& step : bench_.Events<protocol::LinkTestStep>(job)) {
    EXPECT_EQ(step.sent, 3);
    EXPECT_EQ(step.received, 2);
  }
}

TEST_F(LinkTest, TurnsTheLoopOffWhenCancelled) {
  bench_.on_frame = [](const test::Packet&, const test::ByteVector&) { return true; };
  const uint16_t job = bench_.Start<protocol::TestLink>(Request(LinkTestPath::kMacLoopback));
  bench_.RunFor(300ms);
  EXPECT_EQ(bench_.driver().loopback(), base::Loopback::kMac);
  EXPECT_TRUE(bench_.Call<protocol::CancelJob>({.request = job}));
  EXPECT_EQ(bench_.Finish(job), Status::kCancelled);
  EXPECT_EQ(bench_.driver().loopback(), base::Loopback::kOff);
  EXPECT_EQ(bench_.core().stack.tap(), nullptr);
}

TEST_F(LinkTest, AsksAPartnerOnTheWire) {
  bench_.StartPeer();
  const uint16_t job = bench_.Start<protocol::TestLink>(Request(LinkTestPath::kWire));
  EXPECT_EQ(bench_.Finish(job), Status::kOk);
  const auto steps = bench_.Events<protocol::LinkTestStep>(job);
  ASSERT_EQ(steps.size(), 2u * protocol::kLinkTestPatterns);
  for (const auto& step : steps) {
    EXPECT_EQ(step.sent, 3);
    EXPECT_EQ(step.received, 3);
  }
  size_t largest = 0;
  for (const test::Packet& packet : bench_.sent) {
    largest = std::max(largest, packet.arp ? packet.frame_size : 0);
  }
  EXPECT_EQ(largest, 1514u);
}

TEST_F(LinkTest, SaysWhenThePartnerDoesNotAnswer) {
  const uint16_t job = bench_.Start<protocol::TestLink>(Request(LinkTestPath::kWire));
  EXPECT_EQ(bench_.Finish(job), Status::kUnreachable);
  EXPECT_TRUE(bench_.Events<protocol::LinkTestStep>(job).empty());
}

TEST_F(LinkTest, RefusesSizesThatNoFrameHas) {
  for (const uint16_t size : {uint16_t{59}, uint16_t{1515}}) {
    protocol::LinkTestRequest request = Request(LinkTestPath::kMacLoopback);
    request.sizes.Append(size);
    const auto started = bench_.Call<protocol::TestLink>(request);
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error(), Status::kInvalidArgument);
  }
}

TEST(LinkChange, IsAnnouncedAndLogged) {
  AgentBench bench;
  bench.driver().SetLink(false);
  bench.RunFor(1s);
  const auto changes = bench.Events<protocol::LinkChanged>(0);
  ASSERT_FALSE(changes.empty());
  EXPECT_FALSE(changes.back().link.is_up());
  EXPECT_NE(bench.text.find("eth0: link down"), std::string::npos);
}

}  // namespace
}  // namespace agent
