// What leaves when: segment sizes, Nagle, silly windows, blocked output.
#include <gtest/gtest.h>

#include "tests/support/tcp_peer.h"

namespace test {
namespace {

using base::Status;
using stack::TcpState;

base::ConstByteSpan Bytes(std::string_view text) { return base::AsBytes(text); }

TEST(TcpSend, CutsIntoSegmentsOfThePeersMss) {
  TcpPeer peer;
  peer.AcceptConnection({}, 65535, 1000);
  peer.Send(std::string(2500, 'x'));
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 1, .size = 1000}));
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1001, .ack = 1, .size = 1000}));
  peer.Inject({.flags = ".", .seq = 1, .ack = 2001});
  EXPECT_EQ(peer.Next(), (Segment{.flags = "P.", .seq = 2001, .ack = 1, .size = 500}));
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpSend, WritesBeforeAPollShareASegment) {
  TcpPeer peer;
  peer.AcceptConnection({.no_delay = true});
  peer.Send("GET / ");
  peer.Send("HTTP/1.0");
  EXPECT_EQ(peer.Next(), (Segment{.flags = "P.", .seq = 1, .ack = 1, .payload = "GET / HTTP/1.0"}));
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpSend, CopiesAndZeroCopyShareASegment) {
  static constexpr std::string_view kPage = "<html>in flash</html>";
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Send("odd");
  auto page = peer.wire().host().pools().Wrap(Bytes(kPage), base::Holder::kApplication);
  ASSERT_TRUE(page);
  EXPECT_EQ(peer.socket().Send(std::move(*page)), Status::kOk);
  peer.Send("!");
  EXPECT_EQ(peer.Next(),
            (Segment{.flags = "P.", .seq = 1, .ack = 1, .payload = "odd<html>in flash</html>!"}));
  peer.Inject({.flags = ".", .seq = 1, .ack = 26});
  EXPECT_EQ(peer.buffers_in_use(), 0u);
}

// RFC 9293 3.7.4.
TEST(TcpSend, NagleHoldsASmallSegmentWhileOneIsUnacknowledged) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Send("a");
  EXPECT_EQ(peer.Next(), (Segment{.flags = "P.", .seq = 1, .ack = 1, .payload = "a"}));
  peer.Send("b");
  peer.Send("c");
  EXPECT_TRUE(peer.Silent());
  peer.Inject({.flags = ".", .seq = 1, .ack = 2});
  EXPECT_EQ(peer.Next(), (Segment{.flags = "P.", .seq = 2, .ack = 1, .payload = "bc"}));
}

TEST(TcpSend, NoDelaySendsAtOnce) {
  TcpPeer peer;
  peer.AcceptConnection({.no_delay = true});
  peer.Send("a");
  EXPECT_EQ(peer.Next(), (Segment{.flags = "P.", .seq = 1, .ack = 1, .payload = "a"}));
  peer.Send("b");
  EXPECT_EQ(peer.Next(), (Segment{.flags = "P.", .seq = 2, .ack = 1, .payload = "b"}));
}

TEST(TcpSend, FinDoesNotWaitForNagle) {
  TcpPeer peer;
  peer.AcceptConnection();
  peer.Send("a");
  peer.Next();
  peer.Send("b");
  EXPECT_EQ(peer.socket().Close(), Status::kOk);
  EXPECT_EQ(peer.Next(), (Segment{.flags = "FP.", .seq = 2, .ack = 1, .payload = "b"}));
}

TEST(TcpSend, StaysInThePeersWindow) {
  TcpPeer peer;
  peer.AcceptConnection({}, 3000, 1460);
  peer.Send(std::string(6000, 'x'));
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 1, .size = 1460}));
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1461, .ack = 1, .size = 1460}));
  EXPECT_TRUE(peer.Silent());  // 80 bytes of window: silly (RFC 9293 3.8.6.2.1)
  peer.Inject({.flags = ".", .seq = 1, .ack = 1461, .window = 3000});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 2921, .ack = 1, .size = 1460}));
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpSend, HalfTheLargestWindowIsWorthASegment) {
  TcpPeer peer;
  peer.AcceptConnection({}, 1000, 1460);
  peer.Send(std::string(3000, 'x'));
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 1, .size = 1000}));
  peer.Inject({.flags = ".", .seq = 1, .ack = 1001, .window = 499});
  EXPECT_TRUE(peer.Silent());
  peer.Inject({.flags = ".", .seq = 1, .ack = 1001, .window = 500});
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1001, .ack = 1, .size = 500}));
}

TEST(TcpSend, InitialWindowIsTenSegments) {
  TcpPeer peer;
  peer.AcceptConnection({.send_buffer = 65535});
  peer.Send(std::string(60'000, 'x'));
  for (uint32_t i = 0; i < 10; ++i) {
    EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1 + 1460 * i, .ack = 1, .size = 1460}));
  }
  EXPECT_TRUE(peer.Silent());
  peer.Inject({.flags = ".", .seq = 1, .ack = 1 + 2 * 1460});
  for (uint32_t i = 10; i < 14; ++i) {  // slow start: two for two, and two more
    EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1 + 1460 * i, .ack = 1, .size = 1460}));
  }
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpSend, BufferIsBounded) {
  TcpPeer peer;
  peer.AcceptConnection({.send_buffer = 1000}, 100, 1460);
  const std::string text(3000, 'x');
  EXPECT_EQ(peer.socket().send_room(), 1000u);
  EXPECT_EQ(*peer.socket().Send(Bytes(text)), 1000u);
  EXPECT_EQ(peer.socket().send_room(), 0u);
  EXPECT_EQ(peer.socket().Send(Bytes(text)).error(), Status::kUnavailable);
  peer.Drain();
  peer.Inject({.flags = ".", .seq = 1, .ack = 101, .window = 100});
  EXPECT_EQ(*peer.socket().Send(Bytes(text)), 100u);
}

TEST(TcpSend, ManyTinyPartsAreBounded) {
  TcpPeer peer;
  peer.AcceptConnection({.no_delay = true});
  size_t count = 0;
  for (; count < 1000; ++count) {
    if (!peer.socket().Send(Bytes("x"))) {
      break;
    }
    peer.Drain();  // each leaves, and so gets a part of its own
  }
  EXPECT_LT(count, 30u);
}

TEST(TcpSend, LargeZeroCopyIsTakenWhenTheQueueIsEmpty) {
  TcpPeer peer;
  peer.AcceptConnection({.send_buffer = 1000});
  const std::string flash(5000, 'z');
  auto& pools = peer.wire().host().pools();
  EXPECT_EQ(peer.socket().Send(*pools.Wrap(Bytes(flash), base::Holder::kApplication)), Status::kOk);
  auto more = *pools.Wrap(Bytes(flash), base::Holder::kApplication);
  EXPECT_EQ(peer.socket().Send(std::move(more)), Status::kUnavailable);
  EXPECT_TRUE(more);  // NOLINT(bugprone-use-after-move): it still belongs to the caller
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 1, .size = 1460}));
}

TEST(TcpSend, FullMacIsTriedAgain) {
  TcpPeer peer;
  peer.AcceptConnection({.send_buffer = 65535});
  auto& driver = peer.wire().host().driver();
  driver.LimitRoom(0);
  peer.Send(std::string(10 * 1460, 'x'));
  EXPECT_TRUE(peer.Silent());
  driver.LimitRoom(SIZE_MAX);
  peer.Advance(2ms);
  for (uint32_t i = 0; i < 10; ++i) {
    EXPECT_EQ(peer.Next().seq, 1 + 1460 * i);
  }
  EXPECT_TRUE(peer.Silent());
  EXPECT_EQ(peer.stats().tx_retransmits, 0u);
}

TEST(TcpSend, PathMtuMakesSegmentsSmaller) {
  TcpPeer peer;
  peer.AcceptConnection({.send_buffer = 65535});
  peer.Send(std::string(2920, 'x'));
  peer.Drain();
  peer.InjectUnreachable(wire::kUnreachableFragmentationNeeded, 1, 1000);
  EXPECT_EQ(peer.Next(), (Segment{.flags = ".", .seq = 1, .ack = 1, .size = 960}));
  EXPECT_EQ(peer.socket().info().send_mss, 960);
}

}  // namespace
}  // namespace test
