// Ending a connection (RFC 9293 3.6, 3.10.4, 3.10.7.4).
#include <gtest/gtest.h>

#include "tests/support/tcp_peer.h"

namespace test {
namespace {

using base::Status;
using stack::TcpState;

// The state of the only connection, also when no socket holds it; kClosed when it is gone.
TcpState StateOf(TcpPeer& peer) {
  std::array<stack::TcpInfo, 8> infos;
  const size_t count = peer.tcp().List(infos);
  return count != 0 && infos[count - 1].state != TcpState::kListen ? infos[count - 1].state
                                                                   : TcpState::kClosed;
}

TEST(TcpClose, ActiveClose) {
  TcpPeer peer;
  peer.AcceptConnection();
  EXPECT_EQ(peer.socket().Close(), Status::kOk);
  EXPECT_FALSE(peer.socket().valid());
  EXPECT_EQ(peer.Next(), (Segment{.flags = "F.", .seq = 1, .ack = 1}));
  EXPECT_EQ(StateOf(peer), TcpState::kFinWait1);
  peer.Inject({.flags = ".", .seq = 1, .ack = 2});
  EXPECT_EQ(StateOf(peer), TcpState::kFinWait2);
  EXPECT_TRUE(peer.Silent());
  peer.Inject({.flags = "F.", .seq = 1, .ack = 2});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 2, .ack = 2}));
  EXPECT_EQ(StateOf(peer), TcpState::kTimeWait);
  peer.Advance(61s);
  EXPECT_TRUE(peer.Silent());
  EXPECT_EQ(StateOf(peer), TcpState::kClosed);
  EXPECT_EQ(peer.buffers_in_use(), 0u);
}

TEST(TcpClose, FinAndAckOfOursInOneSegment) {
  TcpPeer peer;
  peer.AcceptConnection();
  EXPECT_EQ(peer.socket().Close(), Status::kOk);
  peer.Next();
  peer.Inject({.flags = "F.", .seq = 1, .ack = 2});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 2, .ack = 2}));
  EXPECT_EQ(StateOf(peer), TcpState::kTimeWait);
}

TEST(TcpClose, PassiveClose) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Inject({.flags = "FP.", .seq = 1, .ack = 1, .payload = "bye"});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 5}));
  EXPECT_EQ(peer.state(), TcpState::kCloseWait);
  EXPECT_EQ(peer.Read(), "bye");
  EXPECT_EQ(peer.socket().Receive().error(), Status::kClosed);
  peer.Send("still sending");
  EXPECT_EQ(peer.Next(), (Segment{.flags = "P.", .seq = 1, .ack = 5, .payload = "still sending"}));
  peer.Inject({.flags = ".", .seq = 5, .ack = 14});
  EXPECT_EQ(peer.socket().Close(), Status::kOk);
  EXPECT_EQ(peer.Next(), (Segment{.flags = "F.", .seq = 14, .ack = 5}));
  EXPECT_EQ(StateOf(peer), TcpState::kLastAck);
  peer.Inject({.flags = ".", .seq = 5, .ack = 15});
  EXPECT_EQ(StateOf(peer), TcpState::kClosed);
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpClose, SimultaneousClose) {
  TcpPeer peer;
  peer.AcceptConnection();
  EXPECT_EQ(peer.socket().Close(), Status::kOk);
  peer.Next();
  peer.Inject({.flags = "F.", .seq = 1, .ack = 1});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 2, .ack = 2}));
  EXPECT_EQ(StateOf(peer), TcpState::kClosing);
  peer.Inject({.flags = ".", .seq = 2, .ack = 2});
  EXPECT_EQ(StateOf(peer), TcpState::kTimeWait);
  EXPECT_TRUE(peer.Silent());
}

// The peer's FIN crosses our last text and FIN.
TEST(TcpClose, SimultaneousCloseRacedWithText) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Send("abc");
  EXPECT_EQ(peer.socket().Close(), Status::kOk);
  EXPECT_EQ(peer.Next(), (Segment{.flags = "FP.", .seq = 1, .ack = 1, .payload = "abc"}));
  peer.Inject({.flags = "F.", .seq = 1, .ack = 1});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 5, .ack = 2}));
  peer.Inject({.flags = ".", .seq = 2, .ack = 4});  // the text, not the FIN
  EXPECT_EQ(StateOf(peer), TcpState::kClosing);
  peer.Advance(1s);
  EXPECT_EQ(peer.Next(), (Segment{.flags = "F.", .seq = 4, .ack = 2}));
  peer.Inject({.flags = ".", .seq = 2, .ack = 5});
  EXPECT_EQ(StateOf(peer), TcpState::kTimeWait);
}

TEST(TcpClose, HalfCloseKeepsReceiving) {
  TcpPeer peer;
  peer.AcceptConnection();
  EXPECT_EQ(peer.socket().CloseSend(), Status::kOk);
  EXPECT_EQ(peer.socket().CloseSend(), Status::kOk);
  EXPECT_EQ(peer.Next(), (Segment{.flags = "F.", .seq = 1, .ack = 1}));
  EXPECT_FALSE(peer.socket().all_acknowledged());
  peer.Inject({.flags = ".", .seq = 1, .ack = 2});
  EXPECT_TRUE(peer.socket().all_acknowledged());
  EXPECT_EQ(peer.socket().Send(base::AsBytes(std::string_view("x"))).error(), Status::kClosed);
  peer.Advance(300s);  // no time limit while a socket is there
  peer.Inject({.flags = "P.", .seq = 1, .ack = 2, .payload = "answer"});
  EXPECT_EQ(peer.Read(), "answer");
  peer.Inject({.flags = "F.", .seq = 7, .ack = 2});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 2, .ack = 8}));
  EXPECT_EQ(peer.socket().Receive().error(), Status::kClosed);
  EXPECT_EQ(peer.state(), TcpState::kTimeWait);
  EXPECT_EQ(peer.socket().Close(), Status::kOk);
}

TEST(TcpClose, FinLeavesBehindTheText) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Send(std::string(2000, 'x'));
  EXPECT_EQ(peer.socket().Close(), Status::kOk);
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 1, .size = 1460}));
  EXPECT_EQ(peer.Next(), (Segment{.flags = "FP.", .seq = 1461, .ack = 1, .size = 540}));
}

TEST(TcpClose, FinIsRetransmitted) {
  TcpPeer peer;
  peer.AcceptConnection();
  EXPECT_EQ(peer.socket().Close(), Status::kOk);
  EXPECT_EQ(peer.Next(), (Segment{.flags = "F.", .seq = 1, .ack = 1}));
  peer.Advance(1s);
  EXPECT_EQ(peer.Next(), (Segment{.flags = "F.", .seq = 1, .ack = 1}));
}

TEST(TcpClose, FinWithoutAnAnswerIsGivenUp) {
  TcpPeer peer;
  peer.AcceptConnection();
  EXPECT_EQ(peer.socket().Close(), Status::kOk);
  peer.Advance(300s);
  EXPECT_EQ(StateOf(peer), TcpState::kClosed);
  EXPECT_EQ(peer.stats().aborted_timeout, 1u);
  EXPECT_EQ(peer.buffers_in_use(), 0u);
}

TEST(TcpClose, FinWait2OfAClosedSocketEnds) {
  TcpPeer peer;
  peer.AcceptConnection();
  EXPECT_EQ(peer.socket().Close(), Status::kOk);
  peer.Next();
  peer.Inject({.flags = ".", .seq = 1, .ack = 2});
  peer.Advance(59s);
  EXPECT_EQ(StateOf(peer), TcpState::kFinWait2);
  peer.Advance(2s);
  EXPECT_EQ(StateOf(peer), TcpState::kClosed);
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpClose, FinBehindAGapWaitsForTheText) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Inject({.flags = "F.", .seq = 4, .ack = 1, .payload = "def"});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 1}));
  EXPECT_EQ(peer.state(), TcpState::kEstablished);
  peer.Inject({.flags = ".", .seq = 1, .ack = 1, .payload = "abc"});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 8}));
  EXPECT_EQ(peer.state(), TcpState::kCloseWait);
  EXPECT_EQ(peer.Read(), "abcdef");
}

TEST(TcpClose, FinAloneBehindAGap) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Inject({.flags = "F.", .seq = 4, .ack = 1});
  peer.Inject({.flags = ".", .seq = 1, .ack = 1, .payload = "abc"});
  EXPECT_EQ(peer.state(), TcpState::kCloseWait);
}

TEST(TcpClose, FinBeyondTheWindowIsNotTaken) {
  TcpPeer peer;
  peer.AcceptConnection({.receive_buffer = 3});
  peer.Inject({.flags = "F.", .seq = 1, .ack = 1, .payload = "abcd"});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 4}));
  EXPECT_EQ(peer.state(), TcpState::kEstablished);
}

TEST(TcpClose, RepeatedFinIsAcknowledgedAgain) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Inject({.flags = "F.", .seq = 1, .ack = 1});
  peer.Next();
  peer.Inject({.flags = "F.", .seq = 1, .ack = 1});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 2}));
}

TEST(TcpClose, TextBehindFinIsIgnored) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Inject({.flags = "F.", .seq = 1, .ack = 1});
  peer.Drain();
  peer.Inject({.flags = "P.", .seq = 2, .ack = 1, .payload = "late"});
  EXPECT_EQ(peer.socket().receive_queued(), 0u);
  EXPECT_EQ(peer.socket().Receive().error(), Status::kClosed);
}

// RFC 9293 3.6.1: the peer must learn that what it sent was not read.
TEST(TcpClose, UnreadTextMakesItAReset) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Inject({.flags = "P.", .seq = 1, .ack = 1, .payload = "unread"});
  EXPECT_EQ(peer.socket().Close(), Status::kOk);
  EXPECT_EQ(peer.Next(), (Segment{.flags = "R.", .seq = 1, .ack = 7}));
  EXPECT_EQ(peer.connections(), 0u);
  EXPECT_EQ(peer.buffers_in_use(), 0u);
}

TEST(TcpClose, TextForAClosedSocketIsReset) {
  TcpPeer peer;
  peer.AcceptConnection();
  EXPECT_EQ(peer.socket().Close(), Status::kOk);
  peer.Next();
  peer.Inject({.flags = "P.", .seq = 1, .ack = 2, .payload = "too late"});
  EXPECT_EQ(peer.Next(), (Segment{.flags = "R.", .seq = 2, .ack = 1}));
  EXPECT_EQ(peer.stats().rx_after_close, 1u);
  EXPECT_EQ(peer.connections(), 0u);
}

TEST(TcpClose, BeforeTheHandshakeIsSilent) {
  TcpPeer peer;
  peer.Connect();
  peer.Next();
  EXPECT_EQ(peer.socket().Close(), Status::kOk);
  EXPECT_TRUE(peer.Silent());
  EXPECT_EQ(peer.connections(), 0u);
}

// ---- TIME-WAIT ----

// Up to TIME-WAIT, closed by us; the peer's next number is 2, ours too.
void ToTimeWait(TcpPeer& peer) {
  peer.AcceptConnection();
  EXPECT_EQ(peer.socket().Close(), Status::kOk);
  peer.Next();
  peer.Inject({.flags = "F.", .seq = 1, .ack = 2});
  peer.Next();
}

TEST(TcpTimeWait, RepeatedFinIsAcknowledgedAndStartsItAnew) {
  TcpPeer peer;
  ToTimeWait(peer);
  peer.Advance(50s);
  peer.Inject({.flags = "F.", .seq = 1, .ack = 2});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 2, .ack = 2}));
  peer.Advance(50s);
  EXPECT_EQ(StateOf(peer), TcpState::kTimeWait);
  peer.Advance(11s);
  EXPECT_EQ(StateOf(peer), TcpState::kClosed);
}

// RFC 1337.
TEST(TcpTimeWait, ResetDoesNotEndIt) {
  TcpPeer peer;
  ToTimeWait(peer);
  peer.Inject({.flags = "R", .seq = 2});
  EXPECT_TRUE(peer.Silent());
  EXPECT_EQ(StateOf(peer), TcpState::kTimeWait);
}

TEST(TcpTimeWait, NewSynOpensAnew) {
  TcpPeer peer;
  ToTimeWait(peer);
  const uint32_t old_iss = peer.our_iss();
  peer.ForgetOurIss();
  peer.set_peer_iss(1000 + 100);
  peer.Inject({.flags = "S", .seq = 0});
  EXPECT_EQ(peer.Next(), (Segment{.flags = "S.", .seq = 0, .ack = 1}));
  EXPECT_GT(stack::Sequence(peer.our_iss()), stack::Sequence(old_iss + 2));
  peer.Inject({.flags = ".", .seq = 1, .ack = 1});
  peer.Accept();
  EXPECT_EQ(peer.state(), TcpState::kEstablished);
}

TEST(TcpTimeWait, OldSynIsAnsweredWithAnAck) {
  TcpPeer peer;
  ToTimeWait(peer);
  peer.Inject({.flags = "S", .seq = 0});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 2, .ack = 2}));
  EXPECT_EQ(StateOf(peer), TcpState::kTimeWait);
}

// More closes than connections: the oldest in TIME-WAIT makes room, the listener lives.
TEST(TcpTimeWait, IsRecycledWhenThePoolIsEmpty) {
  TcpPeer peer;
  peer.Listen();
  for (uint16_t i = 0; i < 100; ++i) {
    const auto port = static_cast<uint16_t>(2000 + i);
    peer.ForgetOurIss();
    peer.InjectFrom(port, {.flags = "S", .seq = 0});
    ASSERT_EQ(peer.Next(), (Segment{.flags = "S.", .seq = 0, .ack = 1})) << i;
    peer.InjectFrom(port, {.flags = ".", .seq = 1, .ack = 1});
    peer.Accept();
    EXPECT_EQ(peer.socket().Close(), Status::kOk);
    peer.Drain();
    peer.InjectFrom(port, {.flags = "F.", .seq = 1, .ack = 2});
    peer.Drain();
  }
  EXPECT_EQ(peer.stats().time_wait_recycled, 96u);
  peer.Advance(61s);
  EXPECT_EQ(peer.connections(), 0u);
}

}  // namespace
}  // namespace test
