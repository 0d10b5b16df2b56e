#include <gtest/gtest.h>

#include "tests/agent/agent_bench.h"

namespace agent {
namespace {

using base::Status;
using protocol::FrameCaptured;
using protocol::FrameDirection;

class CaptureTest : public testing::Test {
 protected:
  CaptureTest() { bench_.UseStaticAddress(); }

  AgentBench bench_;
};

TEST_F(CaptureTest, ShowsBothDirections) {
  bench_.StartPeer();
  const uint16_t job = bench_.Start<protocol::CaptureFrames>({});
  bench_.PingPeer(1);
  bench_.RunFor(100ms);
  const auto frames = bench_.Events<FrameCaptured>(job);
  ASSERT_EQ(frames.size(), 4u);  // ARP and echo, out and in
  EXPECT_EQ(frames[0].direction, FrameDirection::kTransmit);
  EXPECT_EQ(frames[1].direction, FrameDirection::kReceive);
  const test::Packet echo = test::ParseFrame(frames[2].data.span());
  ASSERT_TRUE(echo.icmp);
  EXPECT_EQ(echo.icmp->type, wire::kIcmpEchoRequest);
  EXPECT_TRUE(echo.checksums);
  EXPECT_EQ(bench_.buffers_in_use(), 0u);
}

TEST_F(CaptureTest, CutsFramesAtTheSnapLength) {
  const uint16_t job = bench_.Start<protocol::CaptureFrames>({.snaplen = 20});
  bench_.driver().Receive(test::Pattern(200));
  bench_.RunFor(100ms);
  const auto frames = bench_.Events<FrameCaptured>(job);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].original_size, 200);
  EXPECT_EQ(test::ToVector(frames[0].data.span()), test::Pattern(20));
}

TEST_F(CaptureTest, CountsWhatASlowChannelCannotTake) {
  const uint16_t job = bench_.Start<protocol::CaptureFrames>({});
  for (int i = 0; i < 400; ++i) {
    bench_.driver().Receive(test::Pattern(1500));
  }
  bench_.RunFor(2s);
  EXPECT_TRUE(bench_.Call<protocol::CancelJob>({.request = job}));
  EXPECT_EQ(bench_.Finish(job), Status::kCancelled);
  const auto totals = bench_.Events<protocol::CaptureEnd>(job).at(0);
  EXPECT_EQ(totals.received, 400u);
  EXPECT_GT(totals.dropped, 0u);
  EXPECT_EQ(totals.dropped + bench_.Events<FrameCaptured>(job).size(), 400u);
  EXPECT_EQ(bench_.buffers_in_use(), 0u);
}

TEST_F(CaptureTest, RunsOnceAtATime) {
  bench_.Start<protocol::CaptureFrames>({});
  bench_.RunFor(10ms);
  const auto second = bench_.Call<protocol::CaptureFrames>({});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(), Status::kBusy);
}

TEST_F(CaptureTest, LeavesNoTapBehind) {
  const uint16_t job = bench_.Start<protocol::CaptureFrames>({});
  bench_.RunFor(10ms);
  EXPECT_NE(bench_.core().stack.tap(), nullptr);
  EXPECT_TRUE(bench_.Call<protocol::CancelJob>({.request = job}));
  EXPECT_EQ(bench_.Finish(job), Status::kCancelled);
  EXPECT_EQ(bench_.core().stack.tap(), nullptr);
}

TEST_F(CaptureTest, RefusesASnapLengthWithoutAHeader) {
  const auto started = bench_.Call<protocol::CaptureFrames>({.snaplen = 13});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error(), Status::kInvalidArgument);
}

}  // namespace
}  // namespace agent
