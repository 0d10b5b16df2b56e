// Opening, keeping and ending sessions, frame by frame.
#include "protocol/session.h"

#include <gtest/gtest.h>

#include "tests/protocol/raw_frames.h"
#include "tests/protocol/scripted_session.h"
#include "tests/support/pipe_channel.h"

namespace protocol {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::ByteVector;
using test::PipeChannel;
using test::TestHello;
using test::TestReply;

TEST(SessionHost, SaysHelloUntilItIsAnswered) {
  HostPeer host;
  host.session().Connect(0x1001, TestHello(), host.now);
  EXPECT_EQ(host.session().state(), SessionState::kConnecting);
  const auto first = host.Output();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].header.type, FrameType::kHello);
  EXPECT_EQ(first[0].header.session, 0x1001u);
  EXPECT_EQ(first[0].payload, EncodeFields(TestHello()));
  host.Advance(milliseconds(199));
  EXPECT_TRUE(host.Silent());
  host.Advance(milliseconds(1));
  EXPECT_EQ(host.Output().size(), 1u);
  host.Advance(milliseconds(399));
  EXPECT_TRUE(host.Silent());
  host.Advance(milliseconds(1));
  EXPECT_EQ(host.Output().size(), 1u);

  host.Inject({.type = FrameType::kHelloReply, .session = 0x1001}, EncodeFields(TestReply(7)));
  EXPECT_EQ(host.session().state(), SessionState::kEstablished);
  EXPECT_EQ(host.session().peer().boot_counter, 7u);
  EXPECT_EQ(host.session().peer().reset_cause, ResetCause::kPin);
  EXPECT_EQ(host.session().peer().board.view(), "test-board");
}

TEST(SessionHost, GivesUpWithoutAnAnswer) {
  HostPeer host;
  host.session().Connect(0x1001, TestHello(), host.now);
  host.Advance(kConnectTimeout - milliseconds(1));
  EXPECT_EQ(host.session().state(), SessionState::kConnecting);
  host.Advance(milliseconds(1));
  EXPECT_EQ(host.session().state(), SessionState::kDead);
  EXPECT_EQ(host.session().end_reason(), EndReason::kPeerSilent);
  EXPECT_TRUE(host.Silent());
}

TEST(SessionHost, GrantsEveryStreamAtOnce) {
  HostPeer host;
  host.session().Connect(0x1001, TestHello(), host.now);
  host.Output();
  host.Inject({.type = FrameType::kHelloReply, .session = 0x1001}, EncodeFields(TestReply(7)));
  const auto frames = host.Output();
  ASSERT_EQ(frames.size(), 3u);
  for (size_t i = 0; i < kStreams; ++i) {
    EXPECT_EQ(frames[i].header.type, FrameType::kAck);
    EXPECT_EQ(frames[i].header.session, 0x1001u);
    EXPECT_EQ(frames[i].header.stream, static_cast<Stream>(i));
    EXPECT_EQ(frames[i].header.credit, test::kTestHostSizes.receive[i] * 4 / 5);
  }
  EXPECT_TRUE(host.Silent());
}

TEST(SessionHost, IgnoresAnswersToOthers) {
  HostPeer host;
  host.session().Connect(0x1001, TestHello(), host.now);
  host.Inject({.type = FrameType::kHelloReply, .session = 0x1002}, EncodeFields(TestReply(7)));
  host.Inject({.type = FrameType::kBusy, .session = 0x1002}, EncodeFields(Busy{}));
  EXPECT_EQ(host.session().state(), SessionState::kConnecting);
  EXPECT_EQ(host.end.stats.rx_other_session, 2u);
  host.Inject({.type = FrameType::kHelloReply, .session = 0x1001}, test::ToBytes("short"));
  EXPECT_EQ(host.session().state(), SessionState::kConnecting);
  EXPECT_EQ(host.end.stats.rx_bad_length, 1u);
}

TEST(SessionHost, OtherSchemaIsReportedAndLeft) {
  for (const bool schema : {true, false}) {
    HostPeer host;
    host.session().Connect(0x1001, TestHello(), host.now);
    host.Output();
    HelloReply reply = TestReply(7);
    if (schema) {
      reply.schema_hash += 1;
    } else {
      reply.protocol_version = 2;
    }
    host.Inject({.type = FrameType::kHelloReply, .session = 0x1001}, EncodeFields(reply));
    EXPECT_EQ(host.session().state(), SessionState::kWrongVersion);
    EXPECT_EQ(host.session().peer().version.view(), "1.2.3");
    const auto frames = host.Output();
    ASSERT_EQ(frames.size(), 1u);
    EXPECT_EQ(frames[0].header.type, FrameType::kBye);
  }
}

TEST(SessionHost, LearnsWhoHoldsTheBoard) {
  HostPeer host;
  host.session().Connect(0x1001, TestHello(), host.now);
  host.Output();
  host.Inject({.type = FrameType::kBusy, .session = 0x1001},
              EncodeFields(Busy{.holder = std::string_view("ann@lab 12")}));
  EXPECT_EQ(host.session().state(), SessionState::kBusy);
  EXPECT_EQ(host.session().busy_holder(), "ann@lab 12");
  host.Advance(seconds(10));
  EXPECT_TRUE(host.Silent());
}

TEST(SessionHost, UnknownSessionMeansTheBoardRestarted) {
  HostPeer host;
  host.Open(0x1001);
  host.Inject({.type = FrameType::kUnknownSession, .session = 0x2222});
  EXPECT_EQ(host.session().state(), SessionState::kEstablished);
  host.Inject({.type = FrameType::kUnknownSession, .session = 0x1001});
  EXPECT_EQ(host.session().state(), SessionState::kDead);
  EXPECT_EQ(host.session().end_reason(), EndReason::kRestarted);
  EXPECT_EQ(host.session().Send(Stream::kRequests, test::Pattern(4)), base::Status::kClosed);
}

TEST(SessionHost, DiesOfSilence) {
  HostPeer host;
  host.Open(0x1001);
  host.Advance(kLease - milliseconds(1));
  EXPECT_EQ(host.session().state(), SessionState::kEstablished);
  host.Advance(milliseconds(1));
  EXPECT_EQ(host.session().state(), SessionState::kDead);
  EXPECT_EQ(host.session().end_reason(), EndReason::kPeerSilent);
}

// The peer sends heartbeats, but its answers to data are lost for good.
TEST(SessionHost, DiesWithoutProgress) {
  HostPeer host;
  host.Open(0x1001);
  host.Inject({.type = FrameType::kAck, .session = 0x1001, .credit = 1000});
  ASSERT_EQ(host.session().Send(Stream::kRequests, test::Pattern(4)), base::Status::kOk);
  host.Output();
  for (int i = 0; i < 39; ++i) {
    host.Advance(milliseconds(500));
    host.Inject({.type = FrameType::kAck, .session = 0x1001, .credit = 1000});
    host.Output();
  }
  EXPECT_EQ(host.session().state(), SessionState::kEstablished);
  EXPECT_GT(host.end.stats.tx_retransmits, 5u);
  host.Advance(milliseconds(500));
  EXPECT_EQ(host.session().end_reason(), EndReason::kNoProgress);
}

TEST(SessionHost, SaysByeWhenItCloses) {
  HostPeer host;
  host.Open(0x1001);
  host.session().Close();
  const auto frames = host.Output();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::kBye);
  EXPECT_EQ(frames[0].header.session, 0x1001u);
  EXPECT_EQ(host.session().state(), SessionState::kIdle);
  host.Advance(seconds(10));
  EXPECT_TRUE(host.Silent());
}

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

TEST(SessionAgent, RepeatedFrameIsExecutedOnce) {
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

TEST(SessionAgent, ReportsAGapOnce) {
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

TEST(SessionAgent, AcknowledgesLateOrWhenAsked) {
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

TEST(SessionAgent, MoreThanGrantedIsRefused) {
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

TEST(SessionAgent, MessageThatIsTooLargeIsSkipped) {
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

TEST(Session, BootTextIsShownAndSessionOpens) {
  PipeChannel pipe;
  pipe.to_host().Write(test::ToBytes("ROM 1.0\r\nstarting\r\n"), pipe.now());
  ASSERT_TRUE(pipe.Establish());
  EXPECT_EQ(pipe.host_end().text.text(), "ROM 1.0\r\nstarting\r\n");
}

// Console text between frames: the next frame begins with a delimiter again.
TEST(Session, OtherBytesBetweenFrames) {
  HostPeer host;
  host.Open(0x1001);
  host.Inject({.type = FrameType::kAck, .session = 0x1001, .credit = 1000});
  ByteVector line;
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(host.session().Send(Stream::kRequests, test::Pattern(10)), base::Status::kOk);
    ByteVector out(kMaxEncodedFrame);
    out.resize(host.session().TakeOutput(out, host.now));
    EXPECT_FALSE(host.session().has_partial_frame());
    test::AppendTo(line, out);
    test::AppendTo(line, test::ToBytes("printf\n"));
    host.session().BreakFraming();
  }
  Decoding decoding;
  decoding.Push(line);
  EXPECT_EQ(decoding.frames.size(), 2u);
  EXPECT_EQ(decoding.text.text(), "printf\nprintf\n");
}

TEST(Session, PromptWithoutEndOfLineIsShown) {
  HostPeer host;
  host.session().OnBytes(test::ToBytes("login: "), host.now);
  EXPECT_EQ(host.end.text.text(), "");
  host.Advance(milliseconds(50));
  EXPECT_EQ(host.end.text.text(), "login: ");
}

}  // namespace
}  // namespace protocol
