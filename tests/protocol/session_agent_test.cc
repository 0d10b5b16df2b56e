// The agent: opening, keeping and ending a session, frame by frame.
#include <gtest/gtest.h>

#include "protocol/session.h"
#include "tests/protocol/raw_frames.h"
#include "tests/protocol/scripted_session.h"
#include "tests/support/pipe_channel.h"

namespace protocol {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::PipeChannel;
using test::TestHello;
using test::TestReply;

TEST(SessionAgent, IsSilentWithoutASession) {
  AgentPeer agent;
  agent.Advance(seconds(10));
  EXPECT_TRUE(agent.Silent());
  EXPECT_EQ(agent.session().Poll(agent.now), base::kNever);
}

TEST(SessionAgent, AnswersHelloAndGrantsRequests) {
  AgentPeer agent;
  agent.SendHello(0x1001);
  const auto frames = agent.Output();
  ASSERT_EQ(frames.size(), 3u);  // the test agent takes requests and bulk
  EXPECT_EQ(frames[0].header.type, FrameType::kHelloReply);
  EXPECT_EQ(frames[0].header.session, 0x1001u);
  EXPECT_EQ(frames[0].payload, EncodeFields(TestReply(7)));
  EXPECT_EQ(frames[1].header.type, FrameType::kAck);
  EXPECT_EQ(frames[1].header.stream, Stream::kRequests);
  EXPECT_EQ(agent.session().generation(), 1u);
  EXPECT_EQ(agent.session().hello().holder.view(), "user@host 4711");
}

// The reply was lost: the host asks again, and the session goes on as it was.
TEST(SessionAgent, AnswersARepeatedHelloWithoutANewSession) {
  AgentPeer agent;
  agent.Open(0x1001);
  agent.Inject({.type = FrameType::kData, .session = 0x1001, .seq = 0}, test::ToBytes("request"));
  agent.SendHello(0x1001);
  const auto frames = agent.Output();
  ASSERT_FALSE(frames.empty());
  EXPECT_EQ(frames[0].header.type, FrameType::kHelloReply);
  EXPECT_EQ(agent.session().generation(), 1u);
  ReceivedMessage message;
  EXPECT_TRUE(agent.session().Receive(message));
}

TEST(SessionAgent, NewHelloReplacesTheSession) {
  AgentPeer agent;
  agent.Open(0x1001);
  agent.Inject({.type = FrameType::kData, .session = 0x1001, .seq = 0}, test::ToBytes("request"));
  agent.Open(0x1002);
  EXPECT_EQ(agent.session().generation(), 2u);
  ReceivedMessage message;
  EXPECT_FALSE(agent.session().Receive(message));
  agent.Inject({.type = FrameType::kData, .session = 0x1001, .seq = 1}, test::ToBytes("late"));
  EXPECT_FALSE(agent.session().Receive(message));
  EXPECT_EQ(agent.end.stats.rx_other_session, 1u);
  const auto frames = agent.Output();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::kUnknownSession);
  EXPECT_EQ(frames[0].header.session, 0x1001u);
}

TEST(SessionAgent, HelloOfAnEndedSessionIsAReplay) {
  AgentPeer agent;
  agent.Open(0x1001);
  agent.Open(0x1002);
  agent.SendHello(0x1001);
  EXPECT_EQ(agent.session().session_id(), 0x1002u);
  EXPECT_EQ(agent.session().generation(), 2u);
  EXPECT_TRUE(agent.Silent());
  EXPECT_EQ(agent.end.stats.rx_other_session, 1u);
}

TEST(SessionAgent, RefusesSessionZeroAndShortHello) {
  AgentPeer agent;
  agent.SendHello(0);
  agent.Inject({.type = FrameType::kHello, .session = 5}, test::ToBytes("short"));
  EXPECT_EQ(agent.session().state(), SessionState::kIdle);
  EXPECT_TRUE(agent.Silent());
  EXPECT_EQ(agent.end.stats.rx_bad_length, 1u);
}

TEST(SessionAgent, BusyNamesTheHolder) {
  AgentPeer agent;
  agent.session().set_busy_holder("ann@lab 12");
  agent.SendHello(0x1001);
  auto frames = agent.Output();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::kBusy);
  EXPECT_EQ(frames[0].header.session, 0x1001u);
  EXPECT_EQ(frames[0].payload, EncodeFields(Busy{.holder = std::string_view("ann@lab 12")}));
  EXPECT_EQ(agent.session().state(), SessionState::kIdle);

  agent.session().ClearBusy();
  agent.SendHello(0x1001);
  EXPECT_EQ(agent.session().state(), SessionState::kEstablished);
}

TEST(SessionAgent, TakeoverOpensAllTheSame) {
  AgentPeer agent;
  agent.session().set_busy_holder("ann@lab 12");
  agent.SendHello(0x1001, true);
  EXPECT_EQ(agent.session().state(), SessionState::kEstablished);
  EXPECT_TRUE(agent.session().hello().takeover);
}

// Both channels of a board: what the owner of two sessions does.
TEST(SessionAgent, TakenOverHostIsToldByWhom) {
  PipeChannel first;
  ASSERT_TRUE(first.Establish());
  first.agent().Close();
  first.agent().set_busy_holder("bob@desk 3");
  first.RunFor(seconds(2));
  EXPECT_EQ(first.host().state(), SessionState::kDead);
  EXPECT_EQ(first.host().end_reason(), EndReason::kTakenOver);
  EXPECT_EQ(first.host().busy_holder(), "bob@desk 3");
}

TEST(SessionAgent, LeaseEndsWithSilence) {
  AgentPeer agent;
  agent.Open(0x1001);
  agent.Advance(kLease - milliseconds(1));
  EXPECT_EQ(agent.session().state(), SessionState::kEstablished);
  agent.Advance(milliseconds(1));
  EXPECT_EQ(agent.session().state(), SessionState::kIdle);
  EXPECT_EQ(agent.session().end_reason(), EndReason::kPeerSilent);
}

TEST(SessionAgent, RequestOfAnEndedSessionIsNotHandedOut) {
  AgentPeer agent;
  agent.Open(0x1001);
  agent.Inject({.type = FrameType::kData, .session = 0x1001, .seq = 0}, test::ToBytes("request"));
  agent.Inject({.type = FrameType::kBye, .session = 0x1001});
  ReceivedMessage message;
  EXPECT_FALSE(agent.session().Receive(message));
}

TEST(SessionAgent, ByeEndsOnlyItsOwnSession) {
  AgentPeer agent;
  agent.Open(0x1001);
  agent.Inject({.type = FrameType::kBye, .session = 0x9999});
  EXPECT_EQ(agent.session().state(), SessionState::kEstablished);
  agent.Inject({.type = FrameType::kBye, .session = 0x1001});
  EXPECT_EQ(agent.session().state(), SessionState::kIdle);
  EXPECT_EQ(agent.session().end_reason(), EndReason::kClosed);
}

TEST(SessionAgent, FrameAfterAResetIsAnsweredUnknown) {
  AgentPeer agent;
  agent.Inject({.type = FrameType::kData, .session = 0x1001, .seq = 4}, test::ToBytes("request"));
  ReceivedMessage message;
  EXPECT_FALSE(agent.session().Receive(message));
  const auto frames = agent.Output();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::kUnknownSession);
  EXPECT_EQ(frames[0].header.session, 0x1001u);
}

TEST(SessionAgent, OtherVersionsAreCountedButHelloIsUnderstood) {
  AgentPeer agent;
  agent.Open(0x1001);
  agent.Inject({.version = 255, .type = FrameType::kData, .session = 0x1001}, test::Pattern(9));
  agent.Inject({.type = static_cast<FrameType>(99), .session = 0x1001});
  agent.Inject({.type = FrameType::kData, .stream = static_cast<Stream>(3), .session = 0x1001},
               test::Pattern(9));
  ReceivedMessage message;
  EXPECT_FALSE(agent.session().Receive(message));
  EXPECT_EQ(agent.end.stats.rx_bad_version, 3u);
  agent.Inject({.version = 255, .type = FrameType::kHello, .session = 0x1002},
               EncodeFields(TestHello()));
  EXPECT_EQ(agent.Output()[0].header.type, FrameType::kHelloReply);
}

}  // namespace
}  // namespace protocol
