// Frames of every size and status out of the receive ring, buffers that run out, verified sums.
#include <vector>

#include "tests/drivers/stm32_eth/stm32_eth_fixture.h"
#include "tests/support/packets.h"

namespace drivers {
namespace {

using namespace test;
using base::Status;

constexpr uint32_t kFirst = 1u << 9;
constexpr uint32_t kLast = 1u << 8;
constexpr uint32_t kSummary = 1u << 15;
constexpr uint32_t kExtended = 1u << 0;
constexpr uint32_t kReceiveDemand = 0x1008;

constexpr Ipv4Address kPeer = "192.0.2.1"_ip;
constexpr Ipv4Address kUs = "192.0.2.99"_ip;

class Stm32EthReceive : public Stm32EthFixture {
 protected:
  void SetUp() override { Start(); }

  // What the driver makes of a frame that ends with `flags`: nothing.
  void ExpectDropped(uint32_t flags, size_t size = 100) {
    ASSERT_TRUE(chip_.Receive(Frame(size), flags));
    EXPECT_EQ(mac_.Receive(), std::unexpected(Status::kUnavailable));
    ExpectWorking();
  }
  // Every descriptor is the DMA's again, none of the buffers got lost, and frames come through.
  void ExpectWorking() {
    for (size_t i = 0; i < kRx; ++i) {
      EXPECT_EQ(chip_.rx(i).word[0], 1u << 31);
    }
    EXPECT_EQ(Held(base::Holder::kDriverReceive), kRx);
    ASSERT_TRUE(chip_.Receive(Frame(321)));
    const auto frame = mac_.Receive();
    ASSERT_TRUE(frame);
    EXPECT_EQ(ToVector(frame->bytes()), Frame(321));
  }

  static ByteVector Ipv4Frame(uint8_t protocol, const ByteVector& payload,
                              const ByteVector& options = {}) {
    return EthernetFrame(
        {.destination = kOwn, .source = "02:00:00:00:00:01"_mac, .type = 0x0800},
        Ipv4Packet({.protocol = protocol, .source = kPeer, .destination = kUs}, payload, options));
  }
  static ByteVector UdpFrame(size_t size, uint16_t source_port = 7) {
    return Ipv4Frame(17, UdpPacket({.source_port = source_port, .destination_port = 9}, kPeer, kUs,
                                   Pattern(size)));
  }
  // Some bytes with the checksum at `at` that makes them right.
  static ByteVector TcpFrame(size_t size) {
    ByteVector segment = Pattern(size);
    segment[16] = segment[17] = std::byte{0};
    const base::Sum pseudo = wire::PseudoHeaderSum(kPeer, kUs, 6, size);
    base::StoreBe16(segment.data() + 16,
                    base::FinishChecksum(base::AddSums(base::SumBytes(segment), pseudo)));
    return Ipv4Frame(6, segment);
  }

  // Receives `bytes` with what the checksum offload says about it.
  base::Pbuf Receive(const ByteVector& bytes, uint32_t extended,
                     uint32_t flags = HandPlayedMac::kWhole | kExtended) {
    EXPECT_TRUE(chip_.Receive(bytes, flags, extended));
    auto frame = mac_.Receive();
    EXPECT_TRUE(frame);
    EXPECT_EQ(ToVector(frame->bytes()), bytes);
    return std::move(*frame);
  }
  void ExpectSum(const ByteVector& bytes, uint32_t extended) {
    const base::Pbuf frame = Receive(bytes, extended);
    ASSERT_TRUE(frame.has_sum());
    const base::Sum sum = base::SumBytes(base::ConstByteSpan(bytes).subspan(14));
    EXPECT_EQ(frame.sum() % 0xffff, sum % 0xffff) << "both zeros are one";
  }
  void ExpectNoSum(const ByteVector& bytes, uint32_t extended) {
    EXPECT_FALSE(Receive(bytes, extended).has_sum());
  }
};

constexpr uint32_t kVerifiedUdp = 0x41;
constexpr uint32_t kVerifiedTcp = 0x42;
constexpr uint32_t kVerifiedIcmp = 0x43;

TEST_F(Stm32EthReceive, EverySize) {
  for (size_t size = 60; size <= 1514; ++size) {
    const ByteVector bytes = Frame(size, static_cast<uint8_t>(size));
    ASSERT_TRUE(chip_.Receive(bytes));
    const auto frame = mac_.Receive();
    ASSERT_TRUE(frame) << size;
    ASSERT_EQ(ToVector(frame->bytes()), bytes);
    EXPECT_FALSE(frame->is_chain());
    EXPECT_FALSE(frame->has_sum());
    EXPECT_GE(frame->headroom(), stack::EthernetDriver::kReceiveHeadroom);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(frame->data() + 14) % 4, 0u);
  }
  EXPECT_EQ(mac_.stats().rx_frames, 1455u);
}

TEST_F(Stm32EthReceive, NoByteIsCopied) {
  const uint32_t address = chip_.rx(0).word[2];
  ASSERT_TRUE(chip_.Receive(Frame(100)));
  const auto frame = mac_.Receive();
  ASSERT_TRUE(frame);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(frame->data()), address);
  EXPECT_NE(chip_.rx(0).word[2], address) << "a fresh buffer is in its place";
  EXPECT_EQ(chip_.rx(0).word[2] % 4, 2u);
  EXPECT_EQ(frame->holder(), base::Holder::kStack);
  EXPECT_EQ(Held(base::Holder::kStack), 1u);
  EXPECT_EQ(Held(base::Holder::kDriverReceive), kRx);
}

TEST_F(Stm32EthReceive, RingGoesRound) {
  for (size_t i = 0; i < 5 * kRx; ++i) {
    ASSERT_TRUE(chip_.Receive(Frame(60 + i)));
    const auto frame = mac_.Receive();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->size(), 60 + i);
  }
  for (size_t i = 0; i < kRx; ++i) {
    ASSERT_TRUE(chip_.Receive(Frame(200 + i)));
  }
  EXPECT_FALSE(chip_.Receive(Frame(300))) << "the ring is full";
  for (size_t i = 0; i < kRx; ++i) {
    EXPECT_EQ(mac_.Receive()->size(), 200 + i);
  }
  EXPECT_EQ(mac_.Receive(), std::unexpected(Status::kUnavailable));
}

// A DMA that ran out of descriptors is told to look again, once.
TEST_F(Stm32EthReceive, WakesTheDmaWhenDescriptorsAreBack) {
  EXPECT_EQ(mac_.Receive(), std::unexpected(Status::kUnavailable));
  EXPECT_TRUE(chip_.TakeWrites(kReceiveDemand).empty());
  for (size_t i = 0; i < kRx; ++i) {
    ASSERT_TRUE(chip_.Receive(Frame(60)));
  }
  for (size_t i = 0; i < kRx; ++i) {
    EXPECT_TRUE(mac_.Receive());
  }
  EXPECT_EQ(mac_.Receive(), std::unexpected(Status::kUnavailable));
  EXPECT_EQ(chip_.TakeWrites(kReceiveDemand).size(), 1u);
  EXPECT_EQ(mac_.Receive(), std::unexpected(Status::kUnavailable));
  EXPECT_TRUE(chip_.TakeWrites(kReceiveDemand).empty());
}

TEST_F(Stm32EthReceive, DroppedFramesWakeTheDmaToo) {
  ASSERT_TRUE(chip_.Receive(Frame(100), kFirst | kLast | kSummary | 1u << 3));
  EXPECT_EQ(mac_.Receive(), std::unexpected(Status::kUnavailable));
  EXPECT_EQ(chip_.TakeWrites(kReceiveDemand).size(), 1u);
}

TEST_F(Stm32EthReceive, WithoutAFreshBufferTheFrameIsDropped) {
  std::vector<base::Pbuf> taken;
  for (size_t i = 0; i < 16 - kRx; ++i) {
    taken.push_back(pools().Allocate(0, 1536, base::Holder::kApplication).value());
  }
  const uint32_t address = chip_.rx(0).word[2];
  ASSERT_TRUE(chip_.Receive(Frame(100)));
  EXPECT_EQ(mac_.Receive(), std::unexpected(Status::kUnavailable));
  EXPECT_EQ(mac_.stats().rx_no_buffer, 1u);
  EXPECT_EQ(mac_.stats().rx_frames, 0u);
  EXPECT_EQ(chip_.rx(0).word[0], 1u << 31);
  EXPECT_EQ(chip_.rx(0).word[2], address) << "the old buffer takes the next frame";
  EXPECT_EQ(chip_.TakeWrites(kReceiveDemand).size(), 1u);
  taken.pop_back();
  ExpectWorking();
}

TEST_F(Stm32EthReceive, ErrorsAreCountedByCause) {
  const Stm32EthStats& details = mac_.details();
  ExpectDropped(kFirst | kLast | kSummary | 1u << 1);  // CE; the MMC counts it
  EXPECT_EQ(mac_.stats().rx_errors, 1u);
  ExpectDropped(kFirst | kLast | kSummary | 1u << 3);
  EXPECT_EQ(details.rx_mii_errors, 1u);
  ExpectDropped(kFirst | kLast | kSummary | 1u << 4);
  EXPECT_EQ(details.rx_watchdog, 1u);
  ExpectDropped(kFirst | kLast | kSummary | 1u << 6);
  EXPECT_EQ(details.rx_late_collisions, 1u);
  ExpectDropped(kFirst | kLast | kSummary | 1u << 11);
  EXPECT_EQ(details.rx_overflows, 1u);
  ExpectDropped(kFirst | kLast | kSummary | 1u << 14);
  EXPECT_EQ(details.rx_truncated, 1u);
  EXPECT_EQ(mac_.stats().rx_errors, 6u);
  EXPECT_EQ(details.rx_mii_errors + details.rx_watchdog + details.rx_late_collisions +
                details.rx_overflows + details.rx_truncated + details.rx_runts,
            5u);
}

TEST_F(Stm32EthReceive, LengthIsChecked) {
  ExpectDropped(HandPlayedMac::kWhole, 59);
  EXPECT_EQ(mac_.details().rx_runts, 1u);
  EXPECT_EQ(mac_.stats().rx_errors, 1u);
  ExpectDropped(HandPlayedMac::kWhole, 1515);
  EXPECT_EQ(mac_.stats().rx_too_long, 1u);
  EXPECT_EQ(mac_.details().rx_runts, 1u);
  ExpectDropped(HandPlayedMac::kWhole, 6);
  EXPECT_EQ(mac_.details().rx_runts, 2u);
}

// A frame that is longer than a buffer goes on in the next descriptors.
TEST_F(Stm32EthReceive, FrameInPiecesIsCountedOnce) {
  chip_.Close(kFirst, 0);
  chip_.Close(0, 0);
  chip_.Close(kLast, 3000);
  EXPECT_EQ(mac_.Receive(), std::unexpected(Status::kUnavailable));
  EXPECT_EQ(mac_.stats().rx_too_long, 1u);
  EXPECT_EQ(mac_.stats().rx_errors, 0u);
  ExpectWorking();
}

TEST_F(Stm32EthReceive, SecondPieceOfPlausibleLengthIsNoFrame) {
  chip_.Close(kFirst, 1536);
  chip_.Close(kLast | kSummary | 1u << 4, 100);
  chip_.Close(kLast, 100);
  EXPECT_EQ(mac_.Receive(), std::unexpected(Status::kUnavailable));
  EXPECT_EQ(mac_.stats().rx_too_long, 1u);
  EXPECT_EQ(mac_.stats().rx_errors, 0u);
  ExpectWorking();
}

TEST_F(Stm32EthReceive, VerifiedFramesCarryTheirSum) {
  for (size_t size = 60; size < 1400; size += 13) {
    ExpectSum(UdpFrame(size), kVerifiedUdp);
    ExpectSum(TcpFrame(size), kVerifiedTcp);
    ExpectSum(Ipv4Frame(1, IcmpPacket({.type = 8}, Pattern(size))), kVerifiedIcmp);
  }
  EXPECT_EQ(mac_.details().rx_bad_checksums, 0u);
}

TEST_F(Stm32EthReceive, SumSaysThatTheChecksumsAreRight) {
  const base::Pbuf frame = Receive(TcpFrame(500), kVerifiedTcp);
  const base::Sum pseudo = wire::PseudoHeaderSum(kPeer, kUs, 6, 500);
  EXPECT_TRUE(base::SumIsGood(base::AddSums(frame.sum(), pseudo)));
}

TEST_F(Stm32EthReceive, NoSumUnlessEverythingWasVerified) {
  const ByteVector udp = UdpFrame(100);
  ExpectNoSum(udp, kVerifiedUdp & ~0x40u);   // not IPv4
  ExpectNoSum(udp, 0x81);                    // IPv6
  ExpectNoSum(udp, kVerifiedUdp | 1u << 5);  // bypassed
  ExpectNoSum(udp, 0x40);                    // no known payload, or a fragment
  ExpectNoSum(udp, 0x44);                    // a reserved payload
  EXPECT_EQ(mac_.details().rx_bad_checksums, 0u);
  EXPECT_FALSE(Receive(udp, kVerifiedUdp, HandPlayedMac::kWhole).has_sum()) << "no RDES4";
}

// The stack looks for itself, and counts by layer.
TEST_F(Stm32EthReceive, BadChecksumsGoUpWithoutSum) {
  constexpr uint32_t kFlags = HandPlayedMac::kWhole | kExtended | kSummary;
  EXPECT_FALSE(Receive(UdpFrame(100), kVerifiedUdp | 1u << 4, kFlags).has_sum());
  EXPECT_EQ(mac_.details().rx_bad_checksums, 1u);
  EXPECT_FALSE(Receive(UdpFrame(100), kVerifiedUdp | 1u << 3, kFlags | 1u << 7).has_sum());
  EXPECT_EQ(mac_.details().rx_bad_checksums, 2u);
  EXPECT_EQ(mac_.stats().rx_errors, 0u);
}

TEST_F(Stm32EthReceive, UdpWithoutChecksumHasNoSum) {
  ByteVector frame = UdpFrame(100);
  frame[40] = frame[41] = std::byte{0};
  ExpectNoSum(frame, kVerifiedUdp);
  // TCP has something else there.
  ByteVector tcp = TcpFrame(100);
  const uint16_t was = base::LoadBe16(tcp.data() + 50);
  const auto moved = base::AddSums(base::WordToSum(was), base::WordToSum(base::LoadBe16(&tcp[40])));
  tcp[40] = tcp[41] = std::byte{0};
  base::StoreBe16(tcp.data() + 50, base::WordToSum(moved));
  ExpectSum(tcp, kVerifiedTcp);
}

TEST_F(Stm32EthReceive, OptionsTagsAndPaddingAreLeftToTheStack) {
  const ByteVector payload =
      UdpPacket({.source_port = 7, .destination_port = 9}, kPeer, kUs, Pattern(60));
  ExpectNoSum(Ipv4Frame(17, payload, ToBytes({1, 1, 1, 0})), kVerifiedUdp);
  ByteVector tagged = UdpFrame(100);
  tagged[12] = std::byte{0x81};
  ExpectNoSum(tagged, kVerifiedUdp);
  ByteVector padded = UdpFrame(100);
  padded.push_back(std::byte{1});
  ExpectNoSum(padded, kVerifiedUdp);
}

}  // namespace
}  // namespace drivers
