// Opening a connection (RFC 9293 3.5, 3.10.7.2, 3.10.7.3).
#include <set>

#include <gtest/gtest.h>

#include "tests/support/tcp_peer.h"

namespace test {
namespace {

using base::Status;
using stack::TcpState;

TEST(TcpHandshake, PassiveOpen) {
  TcpPeer peer;
  peer.Listen();
  peer.Inject({.flags = "S", .seq = 0, .window = 64});
  EXPECT_EQ(peer.Next(), (Segment{.flags = "S.", .seq = 0, .ack = 1, .mss = 1460}));
  peer.Inject({.flags = ".", .seq = 1, .ack = 1});
  EXPECT_TRUE(peer.Silent());
  peer.Accept();
  EXPECT_EQ(peer.state(), TcpState::kEstablished);
  EXPECT_EQ(peer.socket().remote(), (base::SocketAddress{Wire::kPeerIp, TcpPeer::kPeerPort}));
  EXPECT_EQ(peer.socket().local(), (base::SocketAddress{TestHost::IpOf(1), TcpPeer::kOurPort}));
  peer.Inject({.flags = "P.", .seq = 1, .ack = 1, .payload = "abcdef"});
  EXPECT_TRUE(peer.Silent());
  peer.Advance(200ms);
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 7}));
  EXPECT_EQ(peer.Read(), "abcdef");
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpHandshake, ActiveOpen) {
  TcpPeer peer;
  peer.Connect();
  EXPECT_EQ(peer.Next(), (Segment{.flags = "S", .seq = 0, .mss = 1460}));
  EXPECT_EQ(peer.socket().connect_status(), Status::kUnavailable);
  peer.Inject({.flags = "S.", .seq = 0, .ack = 1, .mss = 1460});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 1}));
  EXPECT_EQ(peer.socket().connect_status(), Status::kOk);
  peer.Send("hello");
  EXPECT_EQ(peer.Next(), (Segment{.flags = "P.", .seq = 1, .ack = 1, .payload = "hello"}));
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpHandshake, SimultaneousOpen) {
  TcpPeer peer;
  peer.Connect();
  peer.Next();
  peer.Inject({.flags = "S", .seq = 0, .mss = 1460});
  EXPECT_EQ(peer.Next(), (Segment{.flags = "S.", .seq = 0, .ack = 1}));
  EXPECT_EQ(peer.state(), TcpState::kSynReceived);
  peer.Inject({.flags = ".", .seq = 1, .ack = 1});
  EXPECT_EQ(peer.state(), TcpState::kEstablished);
  EXPECT_TRUE(peer.Silent());
}

// RFC 9293 figure 8: each side's SYN,ACK is old news to the other; the ACK of it is not.
TEST(TcpHandshake, SimultaneousOpenAnswersSynAckWithAck) {
  TcpPeer peer;
  peer.Connect();
  peer.Next();
  peer.Inject({.flags = "S", .seq = 0});
  peer.Next();
  peer.Inject({.flags = "S.", .seq = 0, .ack = 1});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 1}));
}

TEST(TcpHandshake, SynIsRepeatedWithBackoff) {
  TcpPeer peer;
  peer.Connect();
  EXPECT_EQ(peer.Next(), (Segment{.flags = "S", .seq = 0}));
  peer.Advance(999ms);
  EXPECT_TRUE(peer.Silent());
  peer.Advance(1ms);
  EXPECT_EQ(peer.Next(), (Segment{.flags = "S", .seq = 0, .mss = 1460}));
  peer.Advance(1999ms);
  EXPECT_TRUE(peer.Silent());
  peer.Advance(1ms);
  EXPECT_EQ(peer.Next(), (Segment{.flags = "S", .seq = 0}));
}

TEST(TcpHandshake, SynGivesUpAfterThreeMinutes) {
  TcpPeer peer;
  peer.Connect();
  peer.Advance(179s);
  EXPECT_EQ(peer.socket().connect_status(), Status::kUnavailable);
  peer.Advance(60s);
  EXPECT_EQ(peer.socket().connect_status(), Status::kDeadlineExceeded);
  EXPECT_EQ(peer.stats().aborted_timeout, 1u);
  peer.Drain();
  peer.socket() = {};
  EXPECT_TRUE(peer.Silent());
  EXPECT_EQ(peer.connections(), 0u);
}

TEST(TcpHandshake, UserTimeoutBoundsConnect) {
  TcpPeer peer;
  peer.Connect({.user_timeout = 5s});
  peer.Advance(8s);
  EXPECT_EQ(peer.socket().connect_status(), Status::kDeadlineExceeded);
}

TEST(TcpHandshake, SynAckIsRepeatedAndThenForgotten) {
  TcpPeer peer;
  peer.Listen();
  peer.Inject({.flags = "S", .seq = 0});
  peer.Next();
  peer.Advance(1s);
  EXPECT_EQ(peer.Next(), (Segment{.flags = "S.", .seq = 0, .ack = 1, .mss = 1460}));
  peer.Advance(70s);
  EXPECT_EQ(peer.connections(), 0u);
  EXPECT_EQ(peer.buffers_in_use(), 0u);
}

TEST(TcpHandshake, RepeatedSynIsAnsweredWithSynAck) {
  TcpPeer peer;
  peer.Listen();
  peer.Inject({.flags = "S", .seq = 0});
  EXPECT_EQ(peer.Next(), (Segment{.flags = "S.", .seq = 0, .ack = 1}));
  peer.Inject({.flags = "S", .seq = 0});
  EXPECT_EQ(peer.Next(), (Segment{.flags = "S.", .seq = 0, .ack = 1}));
  EXPECT_TRUE(peer.Silent());
  EXPECT_EQ(peer.connections(), 1u);
}

// The final ACK of the handshake was lost; data brings it along.
TEST(TcpHandshake, DataCompletesPassiveOpen) {
  TcpPeer peer;
  peer.Listen();
  peer.Inject({.flags = "S", .seq = 0});
  peer.Next();
  peer.Inject({.flags = "P.", .seq = 1, .ack = 1, .payload = "x"});
  peer.Accept();
  EXPECT_EQ(peer.Read(), "x");
}

TEST(TcpHandshake, BadAckInSynReceivedIsReset) {
  TcpPeer peer;
  peer.Listen();
  peer.Inject({.flags = "S", .seq = 0});
  peer.Next();
  for (const uint32_t ack : {0u, 2u}) {
    peer.Inject({.flags = ".", .seq = 1, .ack = ack});
    EXPECT_EQ(peer.Next(), (Segment{.flags = "R", .seq = ack}));
  }
  EXPECT_FALSE(peer.listener().Accept());
}

TEST(TcpHandshake, ResetInSynReceivedReturnsToListen) {
  TcpPeer peer;
  peer.Listen();
  peer.Inject({.flags = "S", .seq = 0});
  peer.Next();
  peer.Inject({.flags = "R", .seq = 1});
  EXPECT_TRUE(peer.Silent());
  EXPECT_EQ(peer.connections(), 0u);
}

TEST(TcpHandshake, RefusedByReset) {
  TcpPeer peer;
  peer.Connect();
  peer.Next();
  peer.Inject({.flags = "R.", .seq = 0, .ack = 1});
  EXPECT_EQ(peer.socket().connect_status(), Status::kRefused);
  EXPECT_EQ(peer.socket().Send(base::ConstByteSpan()).error(), Status::kRefused);
  EXPECT_EQ(peer.socket().Receive().error(), Status::kRefused);
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpHandshake, ResetWithoutGoodAckIsIgnored) {
  TcpPeer peer;
  peer.Connect();
  peer.Next();
  peer.Inject({.flags = "R", .seq = 0});
  peer.Inject({.flags = "R.", .seq = 0, .ack = 0});
  peer.Inject({.flags = "R.", .seq = 0, .ack = 2});
  EXPECT_TRUE(peer.Silent());
  EXPECT_EQ(peer.socket().connect_status(), Status::kUnavailable);
}

TEST(TcpHandshake, BadAckInSynSentIsReset) {
  TcpPeer peer;
  peer.Connect();
  peer.Next();
  peer.Inject({.flags = "S.", .seq = 0, .ack = 2});
  EXPECT_EQ(peer.Next(), (Segment{.flags = "R", .seq = 2}));
  EXPECT_EQ(peer.socket().connect_status(), Status::kUnavailable);
  peer.Inject({.flags = "S.", .seq = 0, .ack = 1});
  EXPECT_EQ(peer.socket().connect_status(), Status::kOk);
}

TEST(TcpHandshake, SynWithFinIsDropped) {
  TcpPeer peer;
  peer.Listen();
  peer.Inject({.flags = "FS", .seq = 0});
  peer.Inject({.flags = "SR", .seq = 0});
  EXPECT_TRUE(peer.Silent());
  EXPECT_EQ(peer.stats().rx_bad_flags, 2u);
  EXPECT_EQ(peer.connections(), 0u);
}

// RFC 9293 3.7.1.
TEST(TcpHandshake, PeerWithoutMssGetsTheDefault) {
  TcpPeer peer;
  peer.Listen();
  peer.Inject({.flags = "S", .seq = 0});
  peer.Next();
  peer.Inject({.flags = ".", .seq = 1, .ack = 1});
  peer.Accept();
  EXPECT_EQ(peer.socket().info().send_mss, 536);
}

TEST(TcpHandshake, TinyMssIsRaisedToTheFloor) {
  for (const uint16_t mss : std::initializer_list<uint16_t>{0, 1, 47, 48, 1460, 65535}) {
    TcpPeer peer;
    peer.AcceptConnection({}, 65535, mss);
    const int expected = mss == 0 ? 536 : mss < 48 ? 48 : mss > 1460 ? 1460 : mss;
    EXPECT_EQ(peer.socket().info().send_mss, expected) << mss;
  }
}

TEST(TcpHandshake, DataQueuedBeforeTheHandshakeLeavesWithIt) {
  TcpPeer peer;
  peer.Connect();
  peer.Next();
  peer.Send("early");
  EXPECT_TRUE(peer.Silent());
  peer.Inject({.flags = "S.", .seq = 0, .ack = 1, .mss = 1460});
  EXPECT_EQ(peer.Next(), (Segment{.flags = "P.", .seq = 1, .ack = 1, .payload = "early"}));
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpHandshake, CloseSendBeforeTheHandshakeSendsFinAfterIt) {
  TcpPeer peer;
  peer.Connect();
  peer.Next();
  peer.Send("only");
  EXPECT_EQ(peer.socket().CloseSend(), Status::kOk);
  EXPECT_EQ(peer.socket().Send(base::AsBytes(std::string_view("x"))).error(), Status::kClosed);
  peer.Inject({.flags = "S.", .seq = 0, .ack = 1, .mss = 1460});
  EXPECT_EQ(peer.Next(), (Segment{.flags = "FP.", .seq = 1, .ack = 1, .payload = "only"}));
  EXPECT_EQ(peer.state(), TcpState::kFinWait1);
}

TEST(TcpConnect, SaysWhatCannotBe) {
  TcpPeer peer;
  const auto connect = [&](base::SocketAddress to) { return peer.tcp().Connect(to).error(); };
  EXPECT_EQ(connect({Wire::kPeerIp, 0}), Status::kInvalidArgument);
  EXPECT_EQ(connect({"0.0.0.0"_ip, 80}), Status::kInvalidArgument);
  EXPECT_EQ(connect({"255.255.255.255"_ip, 80}), Status::kInvalidArgument);
  EXPECT_EQ(connect({"224.0.0.1"_ip, 80}), Status::kInvalidArgument);
  EXPECT_EQ(connect({"192.0.2.255"_ip, 80}), Status::kInvalidArgument);
  EXPECT_EQ(connect({peer.wire().host().ip(), 80}), Status::kUnreachable);
  EXPECT_EQ(peer.connections(), 0u);
}

TEST(TcpConnect, PoolAndPortAreBounded) {
  TcpPeer peer;
  std::vector<stack::TcpSocket> sockets;
  for (int i = 0; i < 4; ++i) {
    auto socket = peer.tcp().Connect({Wire::kPeerIp, 80});
    ASSERT_TRUE(socket);
    sockets.push_back(std::move(*socket));
  }
  EXPECT_EQ(peer.tcp().Connect({Wire::kPeerIp, 80}).error(), Status::kResourceExhausted);
  const uint16_t taken = sockets[0].local().port;
  sockets.pop_back();
  EXPECT_EQ(peer.tcp().Connect({Wire::kPeerIp, 80}, {.local_port = taken}).error(), Status::kBusy);
  EXPECT_TRUE(peer.tcp().Connect({Wire::kPeerIp, 81}, {.local_port = taken}));
}

// RFC 6056: an outsider cannot guess the port, and two connections do not share one.
TEST(TcpConnect, PortsAreRandomAndEphemeral) {
  TcpPeer peer;
  std::set<uint16_t> ports;
  for (int i = 0; i < 64; ++i) {
    auto socket = peer.tcp().Connect({Wire::kPeerIp, 80});
    ASSERT_TRUE(socket);
    EXPECT_GE(socket->local().port, 49152);
    ports.insert(socket->local().port);
  }
  EXPECT_GT(ports.size(), 55u);
}

// RFC 6528: numbers of one socket pair follow the clock; those of others tell nothing about it.
TEST(TcpConnect, InitialNumbersFollowTheClockPerSocketPair) {
  TcpPeer peer;
  const auto iss_of_connect = [&] {
    peer.ForgetOurIss();
    peer.Connect();
    peer.Next();
    peer.socket().Abort();
    peer.Drain();
    return peer.our_iss();
  };
  const uint32_t first = iss_of_connect();
  EXPECT_EQ(iss_of_connect(), first);
  peer.Advance(1s);
  EXPECT_EQ(iss_of_connect() - first, 250'000u);
}

}  // namespace
}  // namespace test
