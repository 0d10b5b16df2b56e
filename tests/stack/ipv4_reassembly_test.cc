#include "stack/ipv4_reassembly.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/support/same_fields.h"
#include "tests/support/test_host.h"

namespace test {
namespace {

using base::Status;
using stack::StackStats;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr Ipv4Address kHostIp = TestHost::IpOf(1);
constexpr Ipv4Address kPeerIp = Wire::kPeerIp;

struct Piece {
  size_t offset;
  size_t size;
  bool more = true;
  uint16_t id = 1;
};

ByteVector Datagram(size_t payload) {
  return UdpPacket({.source_port = 9, .destination_port = 5000}, kPeerIp, kHostIp,
                   Pattern(payload));
}

// A host with a socket at port 5000 whose peer sends datagrams in pieces.
class Pieces {
 public:
  Pieces() : socket_(wire_.stack()) {
    EXPECT_EQ(socket_.Bind(5000), Status::kOk);
    wire_.IntroducePeer();
  }

  void Inject(base::ConstByteSpan datagram, const Piece& piece) {
    const auto offset = static_cast<uint16_t>(piece.offset / 8);
    wire_.InjectIpv4({.identification = piece.id,
                      .flags_and_offset = static_cast<uint16_t>(
                          offset | (piece.more ? wire::Ipv4Header::kMoreFragments : 0)),
                      .protocol = wire::kProtocolUdp},
                     datagram.subspan(piece.offset, piece.size));
  }
  void InjectAll(base::ConstByteSpan datagram, const std::vector<Piece>& pieces) {
    for (const Piece& piece : pieces) {
      Inject(datagram, piece);
    }
  }
  // The payload that came out, nothing when none did.
  std::optional<ByteVector> Take() {
    auto datagram = socket_.Receive();
    if (!datagram) {
      return std::nullopt;
    }
    ByteVector bytes(datagram->payload.size());
    datagram->payload.CopyOut(0, bytes);
    return bytes;
  }
  void ExpectNothing(const stack::Ipv4Stats& expected) {
    EXPECT_FALSE(Take());
    EXPECT_TRUE(wire_.Silent());
    EXPECT_TRUE(SameFields(wire_.stats().ipv4, expected));
  }
  Wire& wire() { return wire_; }
  size_t held() { return wire_.host().buffers_in_use(); }

 private:
  Wire wire_;
  stack::UdpSocket socket_;
};

TEST(Ipv4Reassembly, InOrderReversedAndShuffled) {
  const ByteVector datagram = Datagram(4000);
  std::vector<Piece> pieces{{0, 1480}, {1480, 1480}, {2960, datagram.size() - 2960, false}};
  std::ranges::sort(pieces, {}, &Piece::offset);
  do {
    Pieces host;
    host.InjectAll(datagram, pieces);
    EXPECT_EQ(host.Take(), Pattern(4000));
    EXPECT_EQ(host.held(), 0u);
    EXPECT_EQ(host.wire().stats().ipv4.reassembled, 1u);
    EXPECT_TRUE(host.wire().Silent());
  } while (std::ranges::next_permutation(pieces, {}, &Piece::offset).found);
}

TEST(Ipv4Reassembly, AnyCutInAnyOrderGivesTheSameBytes) {
  EXPECT_TRUE(rc::check("reassembly", [] {
    const size_t payload = *rc::gen::inRange<size_t>(1600, 3600);
    const ByteVector datagram = Datagram(payload);
    std::vector<Piece> pieces;
    for (size_t offset = 0; offset < datagram.size();) {
      const size_t most = std::min<size_t>(1480, datagram.size() - offset);
      size_t size = std::min<size_t>(most, 8 * *rc::gen::inRange<size_t>(40, 186));
      pieces.push_back({offset, size, offset + size < datagram.size()});
      offset += size;
    }
    RC_PRE(pieces.size() > 1 && pieces.size() <= stack::kReassemblyFragments);
    std::mt19937_64 engine(*rc::gen::arbitrary<uint64_t>());
    std::ranges::shuffle(pieces, engine);
    Pieces host;
    host.InjectAll(datagram, pieces);
    RC_ASSERT(host.Take() == Pattern(payload));
    RC_ASSERT(host.held() == 0u);
  }));
}

TEST(Ipv4Reassembly, TinyFirstFragmentsAreParsedAfterwards) {
  const ByteVector datagram = Datagram(100);
  Pieces host;
  host.InjectAll(datagram, {{0, 8}, {8, 8}, {16, datagram.size() - 16, false}});
  EXPECT_EQ(host.Take(), Pattern(100));
  EXPECT_EQ(host.held(), 0u);
}

TEST(Ipv4Reassembly, WithoutABufferForTheFrontTheDatagramIsDropped) {
  const ByteVector datagram = Datagram(100);
  Pieces host;
  host.Inject(datagram, {0, 8});
  host.wire().host().pools().FailAllocation(2);  // 1 is the received frame
  host.Inject(datagram, {8, datagram.size() - 8, false});
  host.ExpectNothing({.rx_packets = 2, .rx_fragments = 2, .reassembly_no_buffer = 1});
  EXPECT_EQ(host.held(), 0u);
}

TEST(Ipv4Reassembly, EchoRequestsComeBackInFragments) {
  Wire wire;
  wire.IntroducePeer();
  const ByteVector echo =
      IcmpPacket({.type = wire::kIcmpEchoRequest, .identifier = 5}, Pattern(3000));
  for (size_t offset = 0; offset < echo.size(); offset += 1480) {
    const bool more = offset + 1480 < echo.size();
    wire.InjectIpv4(
        {.identification = 77,
         .flags_and_offset =
             static_cast<uint16_t>(offset / 8 | (more ? wire::Ipv4Header::kMoreFragments : 0u)),
         .protocol = wire::kProtocolIcmp},
        base::ConstByteSpan(echo).subspan(offset, std::min<size_t>(1480, echo.size() - offset)));
  }
  ByteVector whole;
  while (!wire.Silent()) {
    AppendTo(whole, wire.Next().payload);
  }
  EXPECT_EQ(whole, IcmpPacket({.type = wire::kIcmpEchoReply, .identifier = 5}, Pattern(3000)));
  EXPECT_EQ(wire.host().buffers_in_use(), 0u);
}

TEST(Ipv4Reassembly, KeepsDatagramsApart) {
  const ByteVector one = Datagram(200);
  const ByteVector two = Datagram(300);
  Pieces host;
  host.Inject(one, {0, 80, true, 1});
  host.Inject(two, {0, 80, true, 2});
  host.Inject(two, {80, two.size() - 80, false, 2});
  EXPECT_EQ(host.Take(), Pattern(300));
  host.Inject(one, {80, one.size() - 80, false, 1});
  EXPECT_EQ(host.Take(), Pattern(200));
  EXPECT_EQ(host.held(), 0u);
}

TEST(Ipv4Reassembly, DropsMiddlePiecesThatAreNoMultipleOfEight) {
  Pieces host;
  host.Inject(Datagram(200), {0, 13});
  host.ExpectNothing({.rx_packets = 1, .rx_fragments = 1, .reassembly_bad_fragment = 1});
  EXPECT_EQ(host.held(), 0u);
}

TEST(Ipv4Reassembly, DropsEmptyPieces) {
  Pieces host;
  host.Inject(Datagram(200), {0, 0});
  host.Inject(Datagram(200), {8, 0, false});
  host.ExpectNothing({.rx_packets = 2, .rx_fragments = 2, .reassembly_bad_fragment = 2});
  EXPECT_EQ(host.held(), 0u);
}

TEST(Ipv4Reassembly, PingOfDeathIsDroppedWithItsPieces) {
  Pieces host;
  host.Inject(Datagram(200), {0, 80});
  host.wire().InjectIpv4({.identification = 1,
                          .flags_and_offset = 0x1fff,  // 65528 and 64 bytes behind it
                          .protocol = wire::kProtocolUdp},
                         ByteVector(64));
  host.ExpectNothing({.rx_packets = 2, .rx_fragments = 2, .reassembly_too_big = 1});
  EXPECT_EQ(host.held(), 0u);
}

TEST(Ipv4Reassembly, OverlapsDropTheDatagram) {
  const ByteVector datagram = Datagram(400);
  // Teardrop and its relatives: inside, across the start, across the end, around.
  for (const Piece& overlap : {Piece{168, 8}, Piece{152, 16}, Piece{232, 16}, Piece{152, 96},
                               Piece{160, 40}, Piece{176, 64}, Piece{0, 168}}) {
    Pieces host;
    host.Inject(datagram, {160, 80});
    host.Inject(datagram, overlap);
    host.ExpectNothing({.rx_packets = 2, .rx_fragments = 2, .reassembly_overlap = 1});
    EXPECT_EQ(host.held(), 0u) << overlap.offset;
  }
}

TEST(Ipv4Reassembly, AFirstPieceThatOverlapsDropsTheDatagram) {
  const ByteVector datagram = Datagram(400);
  Pieces host;
  host.Inject(datagram, {0, 80});
  host.Inject(datagram, {0, 88});
  host.ExpectNothing({.rx_packets = 2, .rx_fragments = 2, .reassembly_overlap = 1});
  EXPECT_EQ(host.held(), 0u);
}

TEST(Ipv4Reassembly, ExactDuplicatesAreIgnored) {
  const ByteVector datagram = Datagram(400);
  Pieces host;
  host.InjectAll(datagram, {{0, 80}, {0, 80}, {80, 80}, {80, 80}, {160, 248, false}});
  EXPECT_EQ(host.Take(), Pattern(400));
  EXPECT_EQ(host.wire().stats().ipv4.reassembly_duplicate, 2u);
  EXPECT_EQ(host.held(), 0u);
}

TEST(Ipv4Reassembly, DuplicatesWithOtherBytesDropTheDatagram) {
  for (const Piece& piece : {Piece{0, 80}, Piece{80, 80}}) {
    const ByteVector datagram = Datagram(400);
    ByteVector other = datagram;
    other[piece.offset + 70] ^= std::byte{1};
    Pieces host;
    host.Inject(datagram, piece);
    host.Inject(other, piece);
    host.ExpectNothing({.rx_packets = 2, .rx_fragments = 2, .reassembly_overlap = 1});
    EXPECT_EQ(host.held(), 0u);
  }
}

TEST(Ipv4Reassembly, TwoEndsThatDisagreeDropTheDatagram) {
  const ByteVector datagram = Datagram(400);
  for (const std::vector<Piece>& pieces :
       {std::vector<Piece>{{160, 80, false}, {240, 80, false}},  // a later end
        std::vector<Piece>{{160, 80, false}, {80, 40, false}},   // an earlier end
        std::vector<Piece>{{160, 80, false}, {320, 8}},          // a piece behind the end
        std::vector<Piece>{{240, 80}, {160, 80, false}},         // an end in front of a piece
        std::vector<Piece>{{0, 160}, {80, 16, false}}}) {
    Pieces host;
    host.InjectAll(datagram, pieces);
    host.ExpectNothing({.rx_packets = 2, .rx_fragments = 2, .reassembly_bad_end = 1});
    EXPECT_EQ(host.held(), 0u);
  }
}

TEST(Ipv4Reassembly, TimesOutAndSaysSoOnceWhenTheFirstPieceCame) {
  Pieces host;
  const ByteVector datagram = Datagram(400);
  host.InjectAll(datagram, {{80, 80}, {0, 80}});
  host.wire().Advance(stack::kReassemblyTimeout - 1ms);
  EXPECT_TRUE(host.wire().Silent());
  EXPECT_EQ(host.held(), 2u);
  host.wire().Advance(1ms);
  const Packet error = host.wire().Next();
  EXPECT_EQ(error.icmp->type, wire::kIcmpTimeExceeded);
  EXPECT_EQ(error.icmp->code, wire::kTimeExceededReassembly);
  EXPECT_TRUE(error.checksums);
  // The quoted header is the first fragment's, with the start of UDP behind it.
  const auto quoted = base::DecodeHeader<wire::Ipv4Header>(error.payload.data());
  EXPECT_EQ(quoted.identification, 1);
  EXPECT_EQ(quoted.fragment_offset(), 0u);
  EXPECT_EQ(ByteVector(error.payload.begin() + 20, error.payload.end()),
            ByteVector(datagram.begin(), datagram.begin() + 8));
  host.wire().Advance(20s);
  EXPECT_TRUE(host.wire().Silent());
  EXPECT_EQ(host.held(), 0u);
  EXPECT_EQ(host.wire().stats().ipv4.reassembly_timeout, 1u);
}

TEST(Ipv4Reassembly, TimesOutInSilenceWithoutTheFirstPiece) {
  Pieces host;
  host.Inject(Datagram(400), {80, 80});
  host.wire().Advance(stack::kReassemblyTimeout);
  host.ExpectNothing({.rx_packets = 1, .rx_fragments = 1, .reassembly_timeout = 1});
  EXPECT_EQ(host.held(), 0u);
}

TEST(Ipv4Reassembly, DatagramsAreBoundedAndTheOldestMakesRoom) {
  const ByteVector datagram = Datagram(400);
  Pieces host;
  for (uint16_t id = 1; id <= stack::kReassemblyDatagrams + 1; ++id) {
    host.Inject(datagram, {0, 80, true, id});
    host.wire().Advance(1s);
  }
  EXPECT_EQ(host.held(), stack::kReassemblyDatagrams);
  EXPECT_EQ(host.wire().stats().ipv4.reassembly_full, 1u);
  host.Inject(datagram, {80, datagram.size() - 80, false, 2});  // the second is still there
  EXPECT_EQ(host.Take(), Pattern(400));
  host.Inject(datagram, {80, datagram.size() - 80, false, 1});  // the first is not
  EXPECT_FALSE(host.Take());
}

TEST(Ipv4Reassembly, FragmentsAreBounded) {
  const ByteVector datagram = Datagram(2000);
  Pieces host;
  for (uint16_t id = 1; id <= 1000; ++id) {
    for (size_t offset = 0; offset < 6 * 16; offset += 16) {
      host.Inject(datagram, {offset, 8, true, id});
      EXPECT_LE(host.held(), stack::kReassemblyFragments);
    }
  }
  EXPECT_FALSE(host.Take());
  EXPECT_GT(host.wire().stats().ipv4.reassembly_full, 0u);
  host.wire().Advance(stack::kReassemblyTimeout);
  EXPECT_EQ(host.held(), 0u);
}

TEST(Ipv4Reassembly, OneDatagramOfTooManyPiecesIsDropped) {
  const ByteVector datagram = Datagram(2000);
  Pieces host;
  for (size_t i = 0; i <= stack::kReassemblyFragments; ++i) {
    host.Inject(datagram, {16 * i, 8});
  }
  EXPECT_EQ(host.held(), 0u);
  EXPECT_EQ(host.wire().stats().ipv4.reassembly_full, 1u);
}

}  // namespace
}  // namespace test
