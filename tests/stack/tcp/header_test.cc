// Segments that are no segments: dropped before anybody looks at them, and counted by reason.
#include <gtest/gtest.h>

#include "stack/wire/tcp_options.h"
#include "tests/support/tcp_peer.h"

namespace test {
namespace {

using stack::TcpState;

void SetOffset(ByteVector& bytes, int words) { bytes[12] = static_cast<std::byte>(words << 4); }

TEST(TcpHeader, DataOffsetBelowFiveOrBeyondTheSegment) {
  TcpPeer peer;
  peer.AcceptConnection();
  for (const int words : {0, 1, 4, 6, 15}) {
    peer.InjectDamaged(
        {.flags = ".", .seq = 1, .ack = 1, .payload = "abc"},
        [&](ByteVector& bytes) { SetOffset(bytes, words); }, true);
  }
  EXPECT_EQ(peer.stats().rx_bad_header, 5u);
  EXPECT_EQ(peer.socket().receive_queued(), 0u);
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpHeader, EveryShortLength) {
  TcpPeer peer;
  peer.AcceptConnection();
  for (size_t size = 0; size < 20; ++size) {
    peer.InjectDamaged(
        {.flags = ".", .seq = 1, .ack = 1}, [&](ByteVector& bytes) { bytes.resize(size); }, false);
  }
  EXPECT_EQ(peer.stats().rx_bad_header, 20u);
  EXPECT_TRUE(peer.Silent());
  EXPECT_EQ(peer.buffers_in_use(), 0u);
}

TEST(TcpHeader, EveryFlippedBitIsSeen) {
  TcpPeer peer;
  peer.AcceptConnection();
  for (size_t bit = 0; bit < 23 * 8; ++bit) {
    peer.InjectDamaged(
        {.flags = ".", .seq = 1, .ack = 1, .payload = "abc"},
        [&](ByteVector& bytes) { bytes[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8)); },
        false);
  }
  EXPECT_EQ(peer.stats().rx_bad_checksum + peer.stats().rx_bad_header, 23 * 8u);
  EXPECT_EQ(peer.socket().receive_queued(), 0u);
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpHeader, PortZeroIsNobody) {
  TcpPeer peer;
  peer.Listen();
  peer.InjectFrom(0, {.flags = "S", .seq = 0});
  EXPECT_TRUE(peer.Silent());
  EXPECT_EQ(peer.stats().rx_bad_address, 1u);
}

TEST(TcpHeader, SynToBroadcastIsDropped) {
  TcpPeer peer;
  peer.Listen();
  const wire::TcpHeader header{.source_port = 1234,
                               .destination_port = 80,
                               .offset_and_flags = wire::TcpHeader::OffsetAndFlags(20, 2)};
  ByteVector bytes = WithHeader(header, {});
  const base::Sum pseudo =
      wire::PseudoHeaderSum(Wire::kPeerIp, "192.0.2.255"_ip, wire::kProtocolTcp, bytes.size());
  base::StoreBe16(bytes.data() + 16,
                  base::FinishChecksum(base::AddSums(pseudo, base::SumBytes(bytes))));
  peer.wire().InjectIpv4({.protocol = wire::kProtocolTcp, .destination = "192.0.2.255"_ip}, bytes);
  EXPECT_TRUE(peer.Silent());
  EXPECT_EQ(peer.stats().rx_bad_address, 1u);
}

TEST(TcpHeader, UnknownSocketIsReset) {
  TcpPeer peer;
  peer.Inject({.flags = "S", .seq = 7});
  EXPECT_EQ(peer.Next(), (Segment{.flags = "R.", .seq = 0, .ack = 8}));
  peer.Inject({.flags = ".", .seq = 7, .ack = 0x1000, .payload = "abc"});
  EXPECT_EQ(peer.Next(), (Segment{.flags = "R", .seq = 0x1000}));
  peer.Inject({.flags = "F", .seq = 7, .payload = "abc"});
  EXPECT_EQ(peer.Next(), (Segment{.flags = "R.", .seq = 0, .ack = 11}));
  EXPECT_EQ(peer.stats().rx_no_socket, 3u);
  EXPECT_EQ(peer.stats().tx_resets, 3u);
}

TEST(TcpHeader, ResetIsNeverAnsweredWithReset) {
  TcpPeer peer;
  peer.Inject({.flags = "R", .seq = 7});
  peer.Inject({.flags = "R.", .seq = 7, .ack = 9});
  EXPECT_TRUE(peer.Silent());
}

TEST(TcpOptions, MssIsFound) {
  EXPECT_EQ(wire::ParseTcpOptions(ToBytes({2, 4, 5, 0xb4})).mss, 1460);
  EXPECT_EQ(wire::ParseTcpOptions(ToBytes({1, 1, 2, 4, 5, 0xb4, 0, 0})).mss, 1460);
  EXPECT_EQ(wire::ParseTcpOptions(ToBytes({8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 2, 4, 2, 0})).mss, 512);
}

TEST(TcpOptions, WhatIsMalformedEndsTheWalk) {
  EXPECT_FALSE(wire::ParseTcpOptions(ToBytes({3, 0, 2, 4, 5, 0xb4})).mss);  // length 0: no loop
  EXPECT_FALSE(wire::ParseTcpOptions(ToBytes({3, 1, 2, 4, 5, 0xb4})).mss);
  EXPECT_FALSE(wire::ParseTcpOptions(ToBytes({2, 4, 5})).mss);  // cut by the header's end
  EXPECT_FALSE(wire::ParseTcpOptions(ToBytes({2})).mss);
  EXPECT_FALSE(wire::ParseTcpOptions(ToBytes({2, 3, 5, 0xb4})).mss);  // not the length of an MSS
  EXPECT_FALSE(wire::ParseTcpOptions(ToBytes({0, 2, 4, 5, 0xb4})).mss);
  EXPECT_FALSE(wire::ParseTcpOptions({}).mss);
  EXPECT_FALSE(wire::ParseTcpOptions(ToBytes({99, 255, 1, 1})).mss);
}

TEST(TcpOptions, EveryTwoByteStartTerminates) {
  for (int kind = 0; kind < 256; ++kind) {
    for (int length = 0; length < 256; ++length) {
      ByteVector bytes(40, std::byte{0x22});
      bytes[0] = static_cast<std::byte>(kind);
      bytes[1] = static_cast<std::byte>(length);
      wire::TcpOptionReader reader(bytes);
      int count = 0;
      while (reader.Next()) {
        ASSERT_LE(++count, 20);
      }
    }
  }
}

}  // namespace
}  // namespace test
