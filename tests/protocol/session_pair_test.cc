// Both ends of a session on one line.
#include <gtest/gtest.h>

#include "protocol/session.h"
#include "tests/protocol/raw_frames.h"
#include "tests/support/pipe_channel.h"

namespace protocol {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::ByteVector;
using test::PipeChannel;
using test::TestHello;
using test::TestReply;

TEST(Session, HeartbeatsKeepItAlive) {
  PipeChannel pipe;
  ASSERT_TRUE(pipe.Establish());
  pipe.RunFor(seconds(60));
  EXPECT_EQ(pipe.host().state(), SessionState::kEstablished);
  EXPECT_EQ(pipe.agent().state(), SessionState::kEstablished);
  EXPECT_LT(pipe.host_end().stats.tx_frames, 200u);
  EXPECT_LT(pipe.agent_end().stats.tx_frames, 140u);
}

TEST(Session, OneDeadDirectionIsNoticedByBothEnds) {
  for (const bool down : {true, false}) {
    PipeChannel pipe;
    ASSERT_TRUE(pipe.Establish());
    (down ? pipe.to_agent() : pipe.to_host()).set_dead(true);
    pipe.RunFor(seconds(7));
    EXPECT_EQ(pipe.host().state(), SessionState::kDead);
    EXPECT_EQ(pipe.agent().state(), SessionState::kIdle);
  }
}

TEST(Session, TwoHostsOnOneLine) {
  PipeChannel pipe;
  ASSERT_TRUE(pipe.Establish(0x1001));
  // Another host, which the test plays, opens its own session on the same line.
  pipe.agent().OnBytes(
      Encode({.type = FrameType::kHello, .session = 0x2002}, EncodeFields(TestHello())),
      pipe.now());
  EXPECT_EQ(pipe.agent().session_id(), 0x2002u);
  pipe.RunFor(seconds(2));
  EXPECT_EQ(pipe.host().state(), SessionState::kDead);
  EXPECT_EQ(pipe.host().end_reason(), EndReason::kRestarted);
  EXPECT_EQ(pipe.agent().session_id(), 0x2002u);
}

TEST(Session, NothingIsReplayedInTheNextSession) {
  PipeChannel pipe;
  ASSERT_TRUE(pipe.Establish(0x1001));
  pipe.to_agent().set_dead(true);
  ASSERT_EQ(pipe.host().Send(Stream::kRequests, test::Pattern(100)), base::Status::kOk);
  pipe.RunFor(milliseconds(500));
  pipe.to_agent().set_dead(false);
  pipe.Connect(0x1002);
  ASSERT_TRUE(
      pipe.RunUntil([&] { return pipe.host().state() == SessionState::kEstablished; }, seconds(2)));
  pipe.RunFor(seconds(2));
  ReceivedMessage message;
  EXPECT_FALSE(pipe.agent().Receive(message));
  EXPECT_TRUE(pipe.host().all_acknowledged());
}

}  // namespace
}  // namespace protocol
