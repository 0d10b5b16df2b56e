// Listening, backlog, floods.
#include <gtest/gtest.h>

#include "tests/support/tcp_peer.h"

namespace test {
namespace {

using base::Status;
using stack::TcpState;

TEST(TcpListener, SaysWhatCannotBe) {
  TcpPeer peer;
  stack::TcpListener listener(peer.wire().stack());
  EXPECT_EQ(listener.Accept().error(), Status::kClosed);
  EXPECT_EQ(listener.Listen(0), Status::kInvalidArgument);
  EXPECT_EQ(listener.Listen(80, 0), Status::kInvalidArgument);
  EXPECT_EQ(listener.Listen(80), Status::kOk);
  EXPECT_EQ(listener.Listen(81), Status::kBusy);
  EXPECT_EQ(listener.Accept().error(), Status::kUnavailable);
  stack::TcpListener second(peer.wire().stack());
  EXPECT_EQ(second.Listen(80), Status::kBusy);
  listener.Close();
  EXPECT_EQ(second.Listen(80), Status::kOk);
}

TEST(TcpListener, ClosedPortRefuses) {
  TcpPeer peer;
  peer.Listen();
  peer.listener().Close();
  peer.Inject({.flags = "S", .seq = 0});
  EXPECT_EQ(peer.Next(), (Segment{.flags = "R.", .seq = 0, .ack = 1}));
}

TEST(TcpListener, AcceptsInOrder) {
  TcpPeer peer;
  peer.Listen();
  for (const uint16_t port : {uint16_t{2001}, uint16_t{2002}}) {
    peer.ForgetOurIss();
    peer.InjectFrom(port, {.flags = "S", .seq = 0});
    peer.Next();
    peer.InjectFrom(port, {.flags = ".", .seq = 1, .ack = 1});
  }
  EXPECT_EQ(peer.listener().info().receive_queued, 2u);
  EXPECT_EQ(peer.listener().Accept()->remote().port, 2001);
  EXPECT_EQ(peer.listener().Accept()->remote().port, 2002);
  EXPECT_FALSE(peer.listener().Accept());
}

TEST(TcpListener, ListenIgnoresResetAndResetsAck) {
  TcpPeer peer;
  peer.Listen();
  peer.Inject({.flags = "R", .seq = 0});
  EXPECT_TRUE(peer.Silent());
  peer.Inject({.flags = ".", .seq = 0, .ack = 77});
  EXPECT_EQ(peer.Next(), (Segment{.flags = "R", .seq = 77}));
  peer.Inject({.flags = "F", .seq = 0});
  peer.Inject({.flags = "", .seq = 0});
  EXPECT_TRUE(peer.Silent());
}

// A flood of SYNs never ends what is established, and a client that answers gets in.
TEST(TcpListener, SynFloodCostsTheOldestHalfOpen) {
  TcpPeer peer;
  peer.Listen({}, 2);
  for (uint16_t port = 3000; port < 3200; ++port) {
    peer.InjectFrom(port, {.flags = "S", .seq = 0});
    peer.Drain();
  }
  EXPECT_EQ(peer.connections(), 2u);
  EXPECT_EQ(peer.stats().rx_backlog_full, 198u);
  peer.ForgetOurIss();
  peer.Inject({.flags = "S", .seq = 0});
  EXPECT_EQ(peer.Next(), (Segment{.flags = "S.", .seq = 0, .ack = 1}));
  peer.Inject({.flags = ".", .seq = 1, .ack = 1});
  peer.Accept();
  EXPECT_EQ(peer.state(), TcpState::kEstablished);
}

TEST(TcpListener, FullBacklogDropsSyns) {
  TcpPeer peer;
  peer.Listen({}, 1);
  peer.InjectFrom(2001, {.flags = "S", .seq = 0});
  peer.Next();
  peer.InjectFrom(2001, {.flags = ".", .seq = 1, .ack = 1});
  peer.InjectFrom(2002, {.flags = "S", .seq = 0});
  EXPECT_TRUE(peer.Silent());
  EXPECT_EQ(peer.stats().rx_backlog_full, 1u);
  EXPECT_TRUE(peer.listener().Accept());
}

// Two handshakes for one place: the second stays half open until there is room.
TEST(TcpListener, HandshakeWaitsForRoomInTheBacklog) {
  TcpPeer peer;
  peer.Listen({}, 2);
  const auto open = [&](uint16_t port) {
    peer.ForgetOurIss();
    peer.InjectFrom(port, {.flags = "S", .seq = 0});
    peer.Next();
    return peer.our_iss();
  };
  const uint32_t second = open(2002);
  for (const uint16_t port : {uint16_t{2003}, uint16_t{2004}}) {
    open(port);
    peer.InjectFrom(port, {.flags = ".", .seq = 1, .ack = 1});
  }
  const uint32_t last = peer.our_iss();
  peer.InjectFrom(2002, {.flags = ".", .seq = 1, .ack = second - last + 1});
  EXPECT_EQ(peer.listener().info().receive_queued, 2u);
  EXPECT_TRUE(peer.Silent());
  auto accepted = peer.listener().Accept();
  peer.InjectFrom(2002, {.flags = ".", .seq = 1, .ack = second - last + 1});
  EXPECT_EQ(peer.listener().info().receive_queued, 2u);
}

TEST(TcpListener, CloseResetsWhatNobodyAccepted) {
  TcpPeer peer;
  peer.Listen();
  peer.InjectFrom(2001, {.flags = "S", .seq = 0});
  peer.Next();
  peer.InjectFrom(2001, {.flags = "P.", .seq = 1, .ack = 1, .payload = "hi"});
  peer.listener().Close();
  EXPECT_EQ(peer.Next(), (Segment{.flags = "R.", .seq = 1, .ack = 3}));
  EXPECT_EQ(peer.connections(), 0u);
  EXPECT_EQ(peer.buffers_in_use(), 0u);
}

TEST(TcpListener, ResetOfAReadyConnectionLeavesTheBacklog) {
  TcpPeer peer;
  peer.Listen({}, 1);
  peer.Inject({.flags = "S", .seq = 0});
  peer.Next();
  peer.Inject({.flags = ".", .seq = 1, .ack = 1});
  peer.Inject({.flags = "R", .seq = 1});
  EXPECT_EQ(peer.listener().info().receive_queued, 0u);
  EXPECT_EQ(peer.connections(), 0u);
  EXPECT_EQ(peer.listener().Accept().error(), Status::kUnavailable);
}

TEST(TcpListener, RaisesItsSignal) {
  TcpPeer peer;
  peer.Listen();
  static int raised;
  raised = 0;
  base::Waiter waiter([](base::Waiter&) { ++raised; });
  peer.listener().changed().Wait(waiter);
  peer.Inject({.flags = "S", .seq = 0});
  peer.Next();
  EXPECT_EQ(raised, 0);
  peer.Inject({.flags = ".", .seq = 1, .ack = 1});
  EXPECT_EQ(raised, 1);
}

}  // namespace
}  // namespace test
