// DATA and ACK at one end of an open session, frame by frame.
#include <gtest/gtest.h>

#include "protocol/session.h"
#include "tests/protocol/raw_frames.h"
#include "tests/protocol/scripted_session.h"
#include "tests/support/pipe_channel.h"

namespace protocol {
namespace {

using std::chrono::milliseconds;

TEST(SessionData, RepeatedFrameIsExecutedOnce) {
  AgentPeer agent;
  agent.Open(0x1001);
  for (int i = 0; i < 3; ++i) {
    agent.Inject({.type = FrameType::kData, .session = 0x1001, .seq = 0}, test::ToBytes("go"));
  }
  ReceivedMessage message;
  EXPECT_TRUE(agent.session().Receive(message));
  agent.session().Release();
  EXPECT_FALSE(agent.session().Receive(message));
  EXPECT_EQ(agent.end.stats.rx_duplicate, 2u);
  const auto frames = agent.Output();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.ack, 1);
}

TEST(SessionData, ReportsAGapOnce) {
  AgentPeer agent;
  agent.Open(0x1001);
  const auto data = [&](uint16_t seq) {
    agent.Inject({.type = FrameType::kData, .session = 0x1001, .seq = seq}, test::Pattern(10));
  };
  data(1);
  const auto frames = agent.Output();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.flags, kFlagGap);
  EXPECT_EQ(frames[0].header.ack, 0);
  data(2);
  data(3);
  EXPECT_TRUE(agent.Silent());
  data(1);  // The peer went back, and the first frame was lost again.
  ASSERT_EQ(agent.Output().size(), 1u);
  EXPECT_EQ(agent.end.stats.rx_out_of_order, 4u);
}

TEST(SessionData, AcknowledgesLateOrWhenAsked) {
  AgentPeer agent;
  agent.Open(0x1001);
  agent.Inject({.type = FrameType::kData, .session = 0x1001, .seq = 0}, test::Pattern(10));
  EXPECT_TRUE(agent.Silent());
  agent.Advance(Receiver::kAckDelay);
  EXPECT_EQ(agent.Output().at(0).header.ack, 1);
  agent.Inject({.type = FrameType::kData, .flags = kFlagAckNow, .session = 0x1001, .seq = 1},
               test::Pattern(10));
  EXPECT_EQ(agent.Output().at(0).header.ack, 2);
  // A response carries the acknowledgement of its request.
  agent.Inject({.type = FrameType::kAck, .session = 0x1001, .credit = 1000});
  agent.Inject({.type = FrameType::kData, .session = 0x1001, .seq = 2}, test::Pattern(10));
  ASSERT_EQ(agent.session().Send(Stream::kRequests, test::ToBytes("done")), base::Status::kOk);
  const auto frames = agent.Output();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::kData);
  EXPECT_EQ(frames[0].header.ack, 3);
  agent.Advance(milliseconds(100));
  EXPECT_TRUE(agent.Silent());
}

// Bulk fills its part of the window and waits; a response does not wait with it.
TEST(SessionData, ResponseGoesOutBesideAFullWindowOfBulk) {
  AgentPeer agent;
  agent.Open(0x1001);
  for (const Stream stream : {Stream::kRequests, Stream::kBulk}) {
    agent.Inject({.type = FrameType::kAck, .stream = stream, .session = 0x1001, .credit = 100'000});
  }
  while (agent.session().Send(Stream::kBulk, test::Pattern(400)) == base::Status::kOk) {
  }
  EXPECT_FALSE(agent.Output().empty());
  EXPECT_TRUE(agent.Silent());
  ASSERT_EQ(agent.session().Send(Stream::kRequests, test::Pattern(200)), base::Status::kOk);
  const auto frames = agent.Output();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.stream, Stream::kRequests);
}

TEST(SessionData, MoreThanGrantedIsRefused) {
  AgentPeer agent;
  agent.Open(0x1001);
  agent.Inject({.type = FrameType::kData, .stream = Stream::kEvents, .session = 0x1001},
               test::Pattern(10));
  EXPECT_EQ(agent.end.stats.rx_no_credit, 1u);
  for (uint16_t seq = 0; seq < 9; ++seq) {
    agent.Inject({.type = FrameType::kData, .session = 0x1001, .seq = seq}, test::Pattern(400));
  }
  EXPECT_EQ(agent.end.stats.rx_no_credit, 2u);  // 3276 bytes were granted, 8 frames fit
  ReceivedMessage message;
  int count = 0;
  while (agent.session().Receive(message)) {
    agent.session().Release();
    ++count;
  }
  EXPECT_EQ(count, 8);
}

TEST(SessionData, MessageThatIsTooLargeIsSkipped) {
  AgentPeer agent;
  agent.Open(0x1001);
  uint16_t seq = 0;
  for (; seq < 8; ++seq) {
    agent.Inject({.type = FrameType::kData, .flags = kFlagMore, .session = 0x1001, .seq = seq},
                 test::Pattern(400));
  }
  agent.Inject({.type = FrameType::kData, .session = 0x1001, .seq = seq}, test::Pattern(10));
  agent.Inject({.type = FrameType::kData, .session = 0x1001, .seq = ++seq}, test::Pattern(20));
  EXPECT_EQ(agent.end.stats.rx_too_long, 1u);
  ReceivedMessage message;
  ASSERT_TRUE(agent.session().Receive(message));
  EXPECT_EQ(message.bytes.size(), 20u);
}

}  // namespace
}  // namespace protocol
