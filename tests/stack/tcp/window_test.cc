// Closed windows, keep-alive.
#include <gtest/gtest.h>

#include "tests/support/tcp_peer.h"

namespace test {
namespace {

using base::Status;
using stack::TcpState;

// The peer has closed its window; `text` waits.
void CloseWindow(TcpPeer& peer, std::string_view text, const stack::TcpOptions& options = {}) {
  peer.AcceptConnection(options, 4);
  peer.Send("full");
  peer.Next();
  peer.Inject({.flags = ".", .seq = 1, .ack = 5, .window = 0});
  if (!text.empty()) {
    peer.Send(text);
  }
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpWindow, ClosedWindowIsProbedWithOneOctetAndBackoff) {
  TcpPeer peer;
  CloseWindow(peer, "waiting");
  for (const auto wait : {200ms, 400ms, 800ms, 1600ms}) {
    peer.Advance(wait - 1ms);
    EXPECT_TRUE(peer.Silent());
    peer.Advance(1ms);
    EXPECT_EQ(peer.Next(), (Segment{.flags = "P.", .seq = 5, .ack = 1, .payload = "w"}));
    peer.Inject({.flags = ".", .seq = 1, .ack = 5, .window = 0});
  }
  EXPECT_EQ(peer.stats().tx_window_probes, 4u);
  EXPECT_EQ(peer.stats().tx_timeouts, 0u);
}

TEST(TcpWindow, OpeningSendsWhatWaits) {
  TcpPeer peer;
  CloseWindow(peer, "waiting");
  peer.Advance(200ms);
  peer.Drain();
  peer.Inject({.flags = ".", .seq = 1, .ack = 5, .window = 100});
  EXPECT_EQ(peer.Next(), (Segment{.flags = "P.", .seq = 5, .ack = 1, .payload = "waiting"}));
  peer.Advance(199ms);
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpWindow, ProbeThatWasTakenIsNotSentAgain) {
  TcpPeer peer;
  CloseWindow(peer, "waiting");
  peer.Advance(200ms);
  peer.Drain();
  peer.Inject({.flags = ".", .seq = 1, .ack = 6, .window = 100});
  EXPECT_EQ(peer.Next(), (Segment{.flags = "P.", .seq = 6, .ack = 1, .payload = "aiting"}));
}

// RFC 9293 3.8.6.1: as long as the peer answers, the connection stays.
TEST(TcpWindow, AnsweringPeerMayStayClosedForEver) {
  TcpPeer peer;
  CloseWindow(peer, "waiting");
  for (int i = 0; i < 60; ++i) {
    peer.Advance(60s);
    peer.Drain();
    peer.Inject({.flags = ".", .seq = 1, .ack = 5, .window = 0});
  }
  EXPECT_EQ(peer.state(), TcpState::kEstablished);
}

TEST(TcpWindow, SilentPeerIsGivenUp) {
  TcpPeer peer;
  CloseWindow(peer, "waiting");
  peer.Advance(300s);
  EXPECT_EQ(peer.socket().Receive().error(), Status::kDeadlineExceeded);
  EXPECT_EQ(peer.buffers_in_use(), 0u);
}

// Sockstress: the owner's limit counts although the peer answers.
TEST(TcpWindow, UserTimeoutBoundsAClosedWindow) {
  TcpPeer peer;
  CloseWindow(peer, "waiting", {.user_timeout = 10s});
  for (int i = 0; i < 30 && peer.state() == TcpState::kEstablished; ++i) {
    peer.Advance(1s);
    peer.Drain();
    peer.Inject({.flags = ".", .seq = 1, .ack = 5, .window = 0});
  }
  EXPECT_EQ(peer.socket().Receive().error(), Status::kDeadlineExceeded);
}

TEST(TcpWindow, ClosedSocketDoesNotWaitForEver) {
  TcpPeer peer;
  CloseWindow(peer, "waiting");
  EXPECT_EQ(peer.socket().Close(), Status::kOk);
  for (int i = 0; i < 60; ++i) {
    peer.Advance(10s);
    peer.Drain();
    if (peer.connections() != 0) {
      peer.Inject({.flags = ".", .seq = 1, .ack = 5, .window = 0});
    }
  }
  EXPECT_EQ(peer.connections(), 0u);
  EXPECT_EQ(peer.buffers_in_use(), 0u);
}

TEST(TcpWindow, FinIsProbedToo) {
  TcpPeer peer;
  CloseWindow(peer, "");
  EXPECT_EQ(peer.socket().CloseSend(), Status::kOk);
  EXPECT_TRUE(peer.Silent());
  peer.Advance(200ms);
  EXPECT_EQ(peer.Next(), (Segment{.flags = "F.", .seq = 5, .ack = 1}));
  peer.Inject({.flags = ".", .seq = 1, .ack = 6, .window = 0});
  EXPECT_EQ(peer.state(), TcpState::kFinWait2);
  EXPECT_TRUE(peer.Silent());
}

// The window is pulled back while segments are under way.
TEST(TcpWindow, ShrunkWindowIsProbedAndNothingIsLost) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Send("abcdef");
  peer.Next();
  peer.Inject({.flags = ".", .seq = 1, .ack = 1, .window = 0});
  peer.Advance(200ms);
  EXPECT_TRUE(peer.Silent());
  peer.Advance(400ms);
  EXPECT_EQ(peer.Next(), (Segment{.flags = "P.", .seq = 1, .ack = 1, .payload = "a"}));
  peer.Inject({.flags = ".", .seq = 1, .ack = 1, .window = 100});
  EXPECT_EQ(peer.Next(), (Segment{.flags = "P.", .seq = 1, .ack = 1, .payload = "abcdef"}));
}

// A window too small for a segment and nothing in flight: after a time it is used all the same.
TEST(TcpWindow, SmallWindowIsUsedInTheEnd) {
  TcpPeer peer;
  peer.AcceptConnection({}, 1000);
  peer.Send(std::string(3000, 'x'));
  peer.Next();
  peer.Inject({.flags = ".", .seq = 1, .ack = 1001, .window = 10});
  EXPECT_TRUE(peer.Silent());
  peer.Advance(200ms);
  EXPECT_EQ(peer.Next(), (Segment{.flags = "P.", .seq = 1001, .ack = 1, .size = 10}));
}

TEST(TcpWindow, OldSegmentDoesNotMoveTheWindow) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Inject({.flags = ".", .seq = 1, .ack = 1, .window = 5000, .payload = "ab"});
  peer.Inject({.flags = ".", .seq = 3, .ack = 1, .window = 3000});
  peer.Inject({.flags = ".", .seq = 1, .ack = 1, .window = 9000, .payload = "abc"});
  EXPECT_EQ(peer.socket().info().send_window, 9000u);  // new text: it is newer
  peer.Inject({.flags = ".", .seq = 3, .ack = 1, .window = 7000, .payload = "c"});
  EXPECT_EQ(peer.socket().info().send_window, 9000u);
}

TEST(TcpKeepAlive, OffByDefault) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Advance(24h);
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpKeepAlive, ProbesAfterIdleTime) {
  TcpPeer peer;
  peer.AcceptConnection({.keep_alive = 600s});
  peer.Advance(599s);
  EXPECT_TRUE(peer.Silent());
  peer.Advance(1s);
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 0, .ack = 1}));
  peer.Inject({.flags = ".", .seq = 1, .ack = 1});
  peer.Advance(599s);
  EXPECT_TRUE(peer.Silent());
  EXPECT_EQ(peer.stats().tx_keep_alives, 1u);
}

TEST(TcpKeepAlive, SilentPeerIsGivenUp) {
  TcpPeer peer;
  peer.AcceptConnection({.keep_alive = 600s});
  peer.Advance(600s + 9 * 75s);
  EXPECT_EQ(peer.stats().tx_keep_alives, 9u);
  EXPECT_EQ(peer.socket().Receive().error(), Status::kDeadlineExceeded);
  EXPECT_EQ(peer.stats().aborted_keep_alive, 1u);
}

TEST(TcpKeepAlive, OursAreAnswered) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Inject({.flags = ".", .seq = 0, .ack = 1});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 1}));
  peer.Inject({.flags = ".", .seq = 0, .ack = 1, .payload = "x"});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 1}));
}

}  // namespace
}  // namespace test
