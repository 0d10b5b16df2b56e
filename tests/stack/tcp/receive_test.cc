// Arriving text: order, gaps, windows, ACKs (RFC 9293 3.10.7.4, RFC 5681 4.2).
#include <gtest/gtest.h>

#include "tests/support/tcp_peer.h"

namespace test {
namespace {

using base::Status;
using stack::TcpState;

std::string Text(char letter, size_t size) { return std::string(size, letter); }

TEST(TcpReceive, EverySecondFullSegmentIsAcknowledgedAtOnce) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Inject({.flags = ".", .seq = 1, .ack = 1, .payload = Text('a', 1460)});
  EXPECT_TRUE(peer.Silent());
  peer.Inject({.flags = ".", .seq = 1461, .ack = 1, .payload = Text('b', 1460)});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 2921}));
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpReceive, LoneSegmentIsAcknowledgedWithinTheDelay) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Inject({.flags = ".", .seq = 1, .ack = 1, .payload = "a"});
  peer.Advance(39ms);
  EXPECT_TRUE(peer.Silent());
  peer.Advance(1ms);
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 2}));
}

TEST(TcpReceive, AnswerCarriesTheAck) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Inject({.flags = "P.", .seq = 1, .ack = 1, .payload = "ping"});
  peer.Send("pong");
  EXPECT_EQ(peer.Next(), (Segment{.flags = "P.", .seq = 1, .ack = 5, .payload = "pong"}));
  peer.Advance(100ms);
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpReceive, OutOfOrderIsKeptAndAcknowledgedAtOnce) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Inject({.flags = ".", .seq = 4, .ack = 1, .payload = "def"});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 1}));
  EXPECT_EQ(peer.socket().Receive().error(), Status::kUnavailable);
  peer.Inject({.flags = ".", .seq = 1, .ack = 1, .payload = "abc"});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 7}));
  EXPECT_EQ(peer.Read(), "abcdef");
  EXPECT_EQ(peer.stats().rx_out_of_order, 1u);
}

TEST(TcpReceive, DuplicateIsAcknowledgedAndDropped) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Inject({.flags = ".", .seq = 1, .ack = 1, .payload = "abc"});
  peer.Advance(100ms);
  peer.Drain();
  peer.Inject({.flags = ".", .seq = 1, .ack = 1, .payload = "abc"});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 4}));
  EXPECT_EQ(peer.Read(), "abc");
  EXPECT_EQ(peer.stats().rx_duplicate, 1u);
}

TEST(TcpReceive, OverlapWithOldTextIsCutOff) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Inject({.flags = ".", .seq = 1, .ack = 1, .payload = "abc"});
  peer.Inject({.flags = ".", .seq = 2, .ack = 1, .payload = "XXde"});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 6}));
  EXPECT_EQ(peer.Read(), "abcde");
}

// Of bytes that arrive twice with different content the first stays, in whatever order the gap is
// filled.
TEST(TcpReceive, FirstReceivedBytesStay) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Inject({.flags = ".", .seq = 3, .ack = 1, .payload = "CC"});
  peer.Inject({.flags = ".", .seq = 7, .ack = 1, .payload = "GG"});
  peer.Drain();
  peer.Inject({.flags = ".", .seq = 1, .ack = 1, .payload = "abxxefxxij"});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 11}));
  EXPECT_EQ(peer.Read(), "abCCefGGij");
  peer.socket().Abort();
  EXPECT_EQ(peer.buffers_in_use(), 0u);
}

TEST(TcpReceive, TextBeyondTheWindowIsCutOff) {
  TcpPeer peer;
  peer.AcceptConnection({.receive_buffer = 1000});
  peer.Inject({.flags = ".", .seq = 1, .ack = 1, .payload = Text('a', 1200)});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 1001, .window = 0}));
  EXPECT_EQ(peer.stats().rx_beyond_window, 1u);
  EXPECT_EQ(peer.Read().size(), 1000u);
}

TEST(TcpReceive, TextOutsideTheWindowIsDroppedWithAnAck) {
  TcpPeer peer;
  peer.AcceptConnection({.receive_buffer = 1000});
  peer.Inject({.flags = ".", .seq = 1001, .ack = 1, .payload = "x"});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 1}));
  EXPECT_EQ(peer.stats().rx_out_of_window, 1u);
  EXPECT_EQ(peer.socket().info().out_of_order, 0u);
}

TEST(TcpReceive, ReadingOpensTheWindowAgain) {
  TcpPeer peer;
  peer.AcceptConnection({.receive_buffer = 2 * 1460});
  peer.Inject({.flags = ".", .seq = 1, .ack = 1, .payload = Text('a', 1460)});
  peer.Inject({.flags = ".", .seq = 1461, .ack = 1, .payload = Text('b', 1460)});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 2921, .window = 0}));
  peer.Read(100);  // a window of 100 bytes would be silly
  EXPECT_TRUE(peer.Silent());
  peer.Read(1360);
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 2921, .window = 1460}));
  peer.Read();
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 2921, .window = 2920}));
  EXPECT_TRUE(peer.Silent());
}

// RFC 9293 3.10.7.4: with a closed window ACKs are still taken, and a probe is answered.
TEST(TcpReceive, ClosedWindowTakesTheAckOfAProbe) {
  TcpPeer peer;
  peer.AcceptConnection({.receive_buffer = 1460});
  peer.Inject({.flags = ".", .seq = 1, .ack = 1, .payload = Text('a', 1460)});
  peer.Advance(100ms);
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 1461, .window = 0}));
  peer.Send("data");
  EXPECT_EQ(peer.Next(), (Segment{.flags = "P.", .seq = 1, .ack = 1461, .payload = "data"}));
  peer.Inject({.flags = ".", .seq = 1461, .ack = 5, .payload = "p"});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 5, .ack = 1461, .window = 0}));
  EXPECT_TRUE(peer.socket().all_acknowledged());
}

TEST(TcpReceive, WindowIsBoundByFreeBuffers) {
  TcpPeer peer;
  peer.AcceptConnection({.receive_buffer = 65535});
  std::vector<base::Pbuf> held;
  for (int i = 0; i < 120; ++i) {
    held.push_back(*peer.wire().host().pools().Allocate(0, 1500, base::Holder::kApplication));
  }
  peer.Inject({.flags = ".", .seq = 1, .ack = 1, .payload = Text('a', 1460)});
  peer.Advance(100ms);
  // The right edge stays where it was: it never goes back (RFC 9293 3.8.6.2.2).
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 1461, .window = 65535 - 1460}));
  EXPECT_EQ(peer.Read().size(), 1460u);
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpReceive, WindowOfTheHandshakeFitsTheFreeBuffers) {
  TcpPeer peer;
  std::vector<base::Pbuf> held;
  for (int i = 0; i < 120; ++i) {
    held.push_back(*peer.wire().host().pools().Allocate(0, 1500, base::Holder::kApplication));
  }
  peer.Listen({.receive_buffer = 65535});
  peer.Inject({.flags = "S", .seq = 0});
  // 128 buffers, 120 held, 1 of the SYN on its way, 2 in reserve.
  EXPECT_EQ(peer.Next(), (Segment{.flags = "S.", .seq = 0, .ack = 1, .window = 5 * 1460}));
}

TEST(TcpReceive, OutOfOrderCountIsBounded) {
  TcpPeer peer;
  peer.AcceptConnection({.receive_buffer = 4 * 1460});
  for (uint32_t i = 0; i < 100; ++i) {
    peer.Inject({.flags = ".", .seq = 3 + 2 * i, .ack = 1, .payload = "x"});
    peer.Drain();
  }
  EXPECT_EQ(peer.stats().rx_out_of_order, 5u);
  EXPECT_EQ(peer.stats().rx_out_of_order_full, 95u);
  EXPECT_LE(peer.buffers_in_use(), 6u);
}

// RFC 6093: the byte stays in line, whatever the pointer says.
TEST(TcpReceive, UrgentDataStaysInLine) {
  for (const uint16_t pointer : std::initializer_list<uint16_t>{0, 1, 3, 100, 65535}) {
    TcpPeer peer;
    peer.AcceptConnection();
    peer.InjectDamaged(
        {.flags = "UP.", .seq = 1, .ack = 1, .payload = "abc"},
        [&](ByteVector& bytes) { base::StoreBe16(bytes.data() + 18, pointer); }, true);
    EXPECT_EQ(peer.Read(), "abc");
  }
}

TEST(TcpReceive, SegmentWithoutAckIsDropped) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Inject({.flags = "", .seq = 1, .payload = "abc"});
  peer.Inject({.flags = "FPU", .seq = 1});
  EXPECT_TRUE(peer.Silent());
  EXPECT_EQ(peer.stats().rx_bad_flags, 2u);
  EXPECT_EQ(peer.state(), TcpState::kEstablished);
}

TEST(TcpReceive, SumFromTheDriverIsUsed) {
  TcpPeer peer({.sums_received_frames = true});
  peer.AcceptConnection();
  peer.Inject({.flags = ".", .seq = 1, .ack = 1, .payload = "odd"});
  EXPECT_EQ(peer.Read(), "odd");
  peer.InjectDamaged(
      {.flags = ".", .seq = 4, .ack = 1, .payload = "bad"},
      [](ByteVector& bytes) { bytes[20] ^= std::byte{1}; }, false);
  EXPECT_EQ(peer.stats().rx_bad_checksum, 1u);
}

// What was received goes out again without a copy.
TEST(TcpReceive, ReceivedBufferCanBeSent) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Inject({.flags = "P.", .seq = 1, .ack = 1, .payload = "echo!"});
  auto packet = peer.socket().Receive();
  ASSERT_TRUE(packet);
  EXPECT_EQ(peer.socket().Send(std::move(*packet)), Status::kOk);
  EXPECT_EQ(peer.Next(), (Segment{.flags = "P.", .seq = 1, .ack = 6, .payload = "echo!"}));
  peer.Inject({.flags = ".", .seq = 6, .ack = 6});
  EXPECT_EQ(peer.buffers_in_use(), 0u);
}

}  // namespace
}  // namespace test
