// The host: opening, keeping and ending a session, frame by frame.
#include <gtest/gtest.h>

#include "protocol/session.h"
#include "tests/protocol/raw_frames.h"
#include "tests/protocol/scripted_session.h"
#include "tests/support/pipe_channel.h"

namespace protocol {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
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

TEST(SessionHost, SendsAgainAtOnceFromAReportedGap) {
  HostPeer host;
  host.Open(0x1001);
  host.Inject({.type = FrameType::kAck, .session = 0x1001, .credit = 1000});
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(host.session().Send(Stream::kRequests, test::Pattern(10)), base::Status::kOk);
  }
  EXPECT_EQ(host.Output().size(), 3u);
  host.Inject(
      {.type = FrameType::kAck, .flags = kFlagGap, .session = 0x1001, .ack = 1, .credit = 1000});
  const auto again = host.Output();
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(again[0].header.seq, 1);
  EXPECT_EQ(again[1].header.seq, 2);
  EXPECT_EQ(host.end.stats.tx_retransmits, 2u);
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

}  // namespace
}  // namespace protocol
