// Losses (RFC 5681, RFC 6582, RFC 3042, RFC 6298).
#include <gtest/gtest.h>

#include "tests/support/tcp_peer.h"

namespace test {
namespace {

using base::Status;
using stack::TcpState;

constexpr uint32_t kSize = 1000;

// Segment number i of a bulk transfer.
constexpr uint32_t At(uint32_t i) { return 1 + kSize * i; }

// A peer with `segments` full segments under way.
void SendBulk(TcpPeer& peer, uint32_t segments) {
  peer.AcceptConnection({.send_buffer = 65535}, 65535, kSize);
  peer.Send(std::string(size_t{kSize} * segments, 'x'));
  peer.Drain();
}

Segment Full(uint32_t i) { return {.flags = ".", .seq = At(i), .ack = 1, .size = kSize}; }
Segment Ack(uint32_t i) { return {.flags = ".", .seq = 1, .ack = At(i)}; }

TEST(TcpRecovery, ThirdDuplicateRetransmits) {
  TcpPeer peer;
  SendBulk(peer, 10);
  peer.Inject(Ack(1));
  peer.Inject(Ack(1));
  peer.Inject(Ack(1));
  EXPECT_TRUE(peer.Silent());
  peer.Inject(Ack(1));
  EXPECT_EQ(peer.Next(), Full(1));
  EXPECT_TRUE(peer.Silent());
  EXPECT_EQ(peer.stats().tx_fast_retransmits, 1u);
}

TEST(TcpRecovery, FirstTwoDuplicatesLetNewSegmentsOut) {
  TcpPeer peer;
  SendBulk(peer, 20);  // ten are out
  peer.Inject(Ack(0));
  EXPECT_EQ(peer.Next(), Full(10));
  peer.Inject(Ack(0));
  EXPECT_EQ(peer.Next(), Full(11));
  EXPECT_TRUE(peer.Silent());
  peer.Inject(Ack(0));
  EXPECT_EQ(peer.Next(), Full(0));
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpRecovery, PartialAckRetransmitsTheNextGap) {
  TcpPeer peer;
  SendBulk(peer, 10);
  for (int i = 0; i < 4; ++i) {
    peer.Inject(Ack(1));
  }
  EXPECT_EQ(peer.Next(), Full(1));
  peer.Inject(Ack(5));
  EXPECT_EQ(peer.Next(), Full(5));
  EXPECT_TRUE(peer.Silent());
  peer.Inject({.flags = ".", .seq = 1, .ack = At(10)});
  EXPECT_TRUE(peer.Silent());
  EXPECT_TRUE(peer.socket().all_acknowledged());
  EXPECT_EQ(peer.stats().tx_timeouts, 0u);
}

TEST(TcpRecovery, DuplicatesInRecoveryKeepThePipeFull) {
  TcpPeer peer;
  SendBulk(peer, 30);  // ten are out
  for (int i = 0; i < 3; ++i) {
    peer.Inject(Ack(0));
  }
  peer.Drain();  // 10, 11 and the retransmission: 12 in flight, threshold 5, window 5 + 3
  for (int i = 0; i < 4; ++i) {
    peer.Inject(Ack(0));
  }
  EXPECT_TRUE(peer.Silent());
  peer.Inject(Ack(0));
  EXPECT_EQ(peer.Next(), Full(12));
}

TEST(TcpRecovery, FullAckEndsItWithHalfTheWindow) {
  TcpPeer peer;
  SendBulk(peer, 10);
  for (int i = 0; i < 4; ++i) {
    peer.Inject(Ack(0));
  }
  peer.Drain();
  peer.Inject(Ack(10));
  EXPECT_EQ(peer.socket().info().slow_start_threshold, 5 * kSize);
  EXPECT_EQ(peer.socket().info().congestion_window, 2 * kSize);  // RFC 6582: no burst
}

// What looks like a duplicate and is none: text, a window update, an ACK with nothing in flight.
TEST(TcpRecovery, OnlyDuplicatesCount) {
  TcpPeer peer;
  SendBulk(peer, 5);
  for (uint32_t i = 0; i < 3; ++i) {
    peer.Inject({.flags = ".", .seq = 1 + i, .ack = 1, .payload = "t"});
    peer.Inject({.flags = ".", .seq = 2 + i, .ack = 1, .window = static_cast<uint16_t>(9000 + i)});
  }
  peer.Drain();
  EXPECT_EQ(peer.stats().tx_fast_retransmits, 0u);
  peer.Inject({.flags = ".", .seq = 4, .ack = At(5)});
  for (int i = 0; i < 5; ++i) {
    peer.Inject({.flags = ".", .seq = 4, .ack = At(5)});
  }
  EXPECT_TRUE(peer.Silent());
}

// RFC 6298 5.4 to 5.7: everything in flight again, from one segment on.
TEST(TcpRecovery, TimeoutStartsAnewWithOneSegment) {
  TcpPeer peer;
  SendBulk(peer, 4);
  peer.Advance(200ms);  // the handshake took no time
  EXPECT_EQ(peer.Next(), Full(0));
  EXPECT_TRUE(peer.Silent());
  peer.Inject(Ack(1));
  EXPECT_EQ(peer.Next(), Full(1));
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = At(2), .ack = 1, .size = kSize}));
  EXPECT_TRUE(peer.Silent());
  EXPECT_EQ(peer.stats().tx_timeouts, 1u);
  EXPECT_EQ(peer.stats().tx_retransmits, 3u);
}

TEST(TcpRecovery, AckOfWhatWasNotLostSkipsIt) {
  TcpPeer peer;
  SendBulk(peer, 4);
  peer.Advance(200ms);  // the handshake took no time
  peer.Next();
  peer.Inject(Ack(3));  // the peer had 1 and 2
  EXPECT_EQ(peer.Next(), (Segment{.flags = "P.", .seq = At(3), .ack = 1, .size = kSize}));
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpRecovery, TimeoutBacksOffAndAnAckEndsThat) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Send("x");
  peer.Next();
  for (const auto wait : {200ms, 400ms, 800ms, 1600ms}) {  // the handshake took no time: 200 ms
    peer.Advance(wait - 1ms);
    EXPECT_TRUE(peer.Silent());
    peer.Advance(1ms);
    EXPECT_EQ(peer.Next(), (Segment{.flags = "P.", .seq = 1, .ack = 1, .payload = "x"}));
  }
  peer.Inject({.flags = ".", .seq = 1, .ack = 2});
  peer.Send("y");
  peer.Next();
  peer.Advance(200ms);
  EXPECT_EQ(peer.Next(), (Segment{.flags = "P.", .seq = 2, .ack = 1, .payload = "y"}));
}

// Karn: the ACK of a retransmitted segment measures nothing.
TEST(TcpRecovery, RetransmittedSegmentIsNotTimed) {
  TcpPeer peer;
  peer.AcceptConnection();
  const uint32_t rtt = peer.socket().info().rtt_us;
  peer.Send("x");
  peer.Advance(1s);
  peer.Inject({.flags = ".", .seq = 1, .ack = 2});
  EXPECT_EQ(peer.socket().info().rtt_us, rtt);
  peer.Drain();
  peer.Send("y");
  peer.Next();
  peer.Advance(80ms);
  peer.Inject({.flags = ".", .seq = 1, .ack = 3});
  EXPECT_EQ(peer.socket().info().rtt_us, 10'000u);  // 7/8 of 0 and 1/8 of 80 ms
}

// Each ACK of something new starts the timer again (RFC 6298 5.3).
TEST(TcpRecovery, AckRestartsTheTimer) {
  TcpPeer peer;
  SendBulk(peer, 3);
  peer.Advance(150ms);
  peer.Inject(Ack(1));
  peer.Advance(199ms);
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpRecovery, DuplicatesOfAnOldRecoveryDoNotStartANewOne) {
  TcpPeer peer;
  SendBulk(peer, 10);
  peer.Advance(1s);
  peer.Drain();
  for (int i = 0; i < 6; ++i) {
    peer.Inject(Ack(0));
  }
  EXPECT_EQ(peer.stats().tx_fast_retransmits, 0u);
}

TEST(TcpRecovery, GivesUpAfterR2) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Send("x");
  peer.Advance(119s);
  EXPECT_EQ(peer.state(), TcpState::kEstablished);
  peer.Advance(61s);
  EXPECT_EQ(peer.socket().Receive().error(), Status::kDeadlineExceeded);
  EXPECT_EQ(peer.stats().aborted_timeout, 1u);
  EXPECT_EQ(peer.buffers_in_use(), 0u);
}

TEST(TcpRecovery, UserTimeoutIsKept) {
  TcpPeer peer;
  peer.AcceptConnection({.user_timeout = 3s});
  peer.Send("x");
  peer.Advance(2900ms);
  EXPECT_EQ(peer.state(), TcpState::kEstablished);
  peer.Advance(4s);
  EXPECT_EQ(peer.socket().Send(base::ConstByteSpan()).error(), Status::kDeadlineExceeded);
}

TEST(TcpUnreachable, EndsAnAttempt) {
  TcpPeer peer;
  peer.Connect();
  peer.Next();
  peer.InjectUnreachable(wire::kUnreachableHost, 0);
  EXPECT_EQ(peer.socket().connect_status(), Status::kUnreachable);
}

TEST(TcpUnreachable, ForgedNumberIsIgnored) {
  TcpPeer peer;
  peer.Connect();
  peer.Next();
  peer.InjectUnreachable(wire::kUnreachablePort, 1);
  peer.InjectUnreachable(wire::kUnreachablePort, static_cast<uint32_t>(-1));
  EXPECT_EQ(peer.socket().connect_status(), Status::kUnavailable);
}

// RFC 1122 4.2.3.9, RFC 5927: an established connection outlives it; it is the reason when the
// retransmissions fail too.
TEST(TcpUnreachable, IsSoftWhenEstablished) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Send("x");
  peer.Next();
  for (const uint8_t code : {uint8_t{0}, uint8_t{1}, uint8_t{2}, uint8_t{3}}) {
    peer.InjectUnreachable(code, 1);
  }
  EXPECT_EQ(peer.state(), TcpState::kEstablished);
  peer.Advance(200s);
  EXPECT_EQ(peer.socket().Receive().error(), Status::kUnreachable);
}

TEST(TcpUnreachable, PathMtuHasAFloorAndNeverGrows) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Send(std::string(1460, 'x'));
  peer.Next();
  peer.InjectUnreachable(wire::kUnreachableFragmentationNeeded, 5000, 600);  // not in flight
  EXPECT_EQ(peer.socket().info().send_mss, 1460);
  peer.InjectUnreachable(wire::kUnreachableFragmentationNeeded, 1, 68);
  EXPECT_EQ(peer.socket().info().send_mss, 512);
  peer.InjectUnreachable(wire::kUnreachableFragmentationNeeded, 1, 1500);
  EXPECT_EQ(peer.socket().info().send_mss, 512);
}

}  // namespace
}  // namespace test
