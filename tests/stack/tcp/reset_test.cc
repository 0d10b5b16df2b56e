// RST, SYN and ACK that may be forged (RFC 9293 3.10.7.4, RFC 5961).
#include <gtest/gtest.h>

#include "tests/support/tcp_peer.h"

namespace test {
namespace {

using base::Status;
using stack::TcpState;

TEST(TcpReset, ExactNumberEndsTheConnection) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Inject({.flags = "P.", .seq = 1, .ack = 1, .payload = "lost"});
  peer.Inject({.flags = "R", .seq = 5});
  EXPECT_TRUE(peer.Silent());
  EXPECT_EQ(peer.socket().Receive().error(), Status::kReset);
  EXPECT_EQ(peer.socket().Send(base::ConstByteSpan()).error(), Status::kReset);
  EXPECT_EQ(peer.state(), TcpState::kClosed);
  EXPECT_EQ(peer.stats().rx_resets, 1u);
  EXPECT_EQ(peer.buffers_in_use(), 0u);
  EXPECT_EQ(peer.connections(), 1u);  // until the owner lets go
  peer.socket() = {};
  EXPECT_EQ(peer.connections(), 0u);
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpReset, ElsewhereInTheWindowIsChallenged) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Inject({.flags = "R", .seq = 2});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 1}));
  EXPECT_EQ(peer.state(), TcpState::kEstablished);
  EXPECT_EQ(peer.stats().rx_challenged, 1u);
}

// Text in front must not make a wrong number right.
TEST(TcpReset, OverlapDoesNotMakeItExact) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Inject({.flags = ".", .seq = 1, .ack = 1, .payload = "abc"});
  peer.Inject({.flags = "R.", .seq = 2, .ack = 1, .payload = "xxxx"});
  EXPECT_EQ(peer.state(), TcpState::kEstablished);
}

TEST(TcpReset, OutsideTheWindowIsIgnored) {
  TcpPeer peer;
  peer.AcceptConnection({.receive_buffer = 1000});
  peer.Inject({.flags = "R", .seq = 0});
  peer.Inject({.flags = "R", .seq = 1001});
  EXPECT_TRUE(peer.Silent());
  EXPECT_EQ(peer.state(), TcpState::kEstablished);
}

TEST(TcpReset, SynInTheWindowIsChallenged) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Inject({.flags = "S", .seq = 1});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 1}));
  peer.Inject({.flags = "S.", .seq = 100, .ack = 1, .payload = "text"});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 1}));
  EXPECT_EQ(peer.state(), TcpState::kEstablished);
}

// The peer lost its memory: its SYN gets an ACK, its RST to that is exact.
TEST(TcpReset, HalfOpenConnectionIsFound) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.set_peer_iss(5'000'000);
  peer.Inject({.flags = "S", .seq = 0});
  peer.set_peer_iss(1000);
  const Segment ack = peer.Next();
  EXPECT_EQ(ack, (Segment{.flags = ".", .seq = 1, .ack = 1}));
  peer.Inject({.flags = "R", .seq = ack.ack});
  EXPECT_EQ(peer.socket().Receive().error(), Status::kReset);
}

// RFC 5961 7: no more than a few a second, so that nobody can make us storm.
TEST(TcpReset, ChallengesAreLimited) {
  TcpPeer peer;
  peer.AcceptConnection();
  for (int i = 0; i < 100; ++i) {
    peer.Inject({.flags = "R", .seq = 2});
  }
  const size_t answers = peer.wire().host().driver().sent().size();
  EXPECT_GE(answers, 4u);
  EXPECT_LE(answers, 8u);
  peer.Drain();
  peer.Advance(1s);
  peer.Inject({.flags = "R", .seq = 2});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 1}));
}

TEST(TcpAck, OfWhatWasNeverSentIsAnsweredAndIgnored) {
  TcpPeer peer;
  peer.AcceptConnection();
  const uint32_t before = peer.socket().info().congestion_window;
  peer.Inject({.flags = ".", .seq = 1, .ack = 2});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 1}));
  EXPECT_EQ(peer.stats().rx_bad_ack, 1u);
  EXPECT_EQ(peer.socket().info().congestion_window, before);
}

// RFC 5961 5.2: text with an ACK from far below comes from nobody.
TEST(TcpAck, TooOldIsChallengedAndItsTextDropped) {
  TcpPeer peer;
  peer.AcceptConnection({}, 1000);
  peer.Inject({.flags = ".", .seq = 1, .ack = static_cast<uint32_t>(1 - 1001), .payload = "x"});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 1}));
  EXPECT_EQ(peer.socket().receive_queued(), 0u);
}

TEST(TcpAck, StormOfFutureAcksIsLimited) {
  TcpPeer peer;
  peer.AcceptConnection();
  for (int i = 0; i < 100; ++i) {
    peer.Inject({.flags = ".", .seq = 1, .ack = 1000});
  }
  EXPECT_LE(peer.wire().host().driver().sent().size(), 8u);
}

TEST(TcpAbort, SendsReset) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Send("never acknowledged");
  peer.Next();
  peer.socket().Abort();
  EXPECT_EQ(peer.Next(), (Segment{.flags = "R.", .seq = 19, .ack = 1}));
  EXPECT_EQ(peer.connections(), 0u);
  EXPECT_EQ(peer.buffers_in_use(), 0u);
}

TEST(TcpAbort, DestructorAborts) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.socket() = {};
  EXPECT_EQ(peer.Next(), (Segment{.flags = "R.", .seq = 1, .ack = 1}));
}

}  // namespace
}  // namespace test
