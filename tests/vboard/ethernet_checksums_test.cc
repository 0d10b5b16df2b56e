#include "tests/support/ethernet_checksums.h"

#include "stack/base/checksum.h"
#include "tests/support/stm32_eth_model_registers.h"
#include "tests/vboard/stm32_eth_bench.h"

namespace test {
namespace {

using namespace stm32_eth;

constexpr size_t kIp = 14;
constexpr size_t kPayload = 34;

// Ethernet and IPv4 with all checksums zero, and `payload`.
ByteVector Ipv4(int protocol, const ByteVector& payload, int fragment = 0) {
  const auto size = static_cast<int>(20 + payload.size());
  ByteVector frame = ToBytes({2, 0, 0x5e, 0x10, 0x20, 0x30, 2, 0, 0, 0, 0, 1, 8, 0});
  AppendTo(frame, ToBytes({0x45, 0, size >> 8, size, 0, 1, fragment >> 8, fragment, 64, protocol,
                           0,    0, 192,       0,    2, 1, 192,           0,        2,  2}));
  AppendTo(frame, payload);
  return frame;
}
ByteVector Udp() { return ToBytes({0x12, 0x34, 0, 7, 0, 12, 0, 0, 'a', 'b', 'c', 'd'}); }
ByteVector Ipv6Udp() {
  ByteVector frame = ToBytes({2, 0, 0x5e, 0x10, 0x20, 0x30, 2, 0, 0, 0, 0, 1, 0x86, 0xdd});
  AppendTo(frame, ToBytes({0x60, 0, 0, 0, 0, 12, 17, 64}));
  frame.resize(frame.size() + 32, std::byte{0x20});
  AppendTo(frame, Udp());
  return frame;
}
int Word(const ByteVector& frame, size_t at) {
  return std::to_integer<int>(frame[at]) << 8 | std::to_integer<int>(frame[at + 1]);
}
uint32_t Found(const ByteVector& frame) { return ExamineIp(frame).extended; }

TEST(EthernetChecksums, CheckSequenceOfTheStandardVector) {
  EXPECT_EQ(Crc32(ToBytes("123456789")), 0xcbf4'3926u);
  ByteVector frame = Pattern(61);
  AppendFcs(frame);
  EXPECT_TRUE(HasGoodFcs(frame));
  frame[3] ^= std::byte{1};
  EXPECT_FALSE(HasGoodFcs(frame));
}

TEST(EthernetChecksums, InsertsTheHeaderOnly) {
  ByteVector frame = Ipv4(17, Udp());
  InsertIpChecksums(frame, 1);
  EXPECT_EQ(Word(frame, kIp + 10), 0xf6c8) << "computed by hand";
  EXPECT_EQ(Word(frame, kPayload + 6), 0);
}

TEST(EthernetChecksums, InsertsAndVerifiesAll) {
  for (ByteVector frame : {Ipv4(17, Udp()), Ipv6Udp(), Ipv4(6, Pattern(24)),
                           Ipv4(1, ToBytes({8, 0, 0, 0, 1, 2, 3, 4}))}) {
    const ChecksumInsertion done = InsertIpChecksums(frame, 3);
    EXPECT_FALSE(done.header_error || done.payload_error || done.icmp_field_not_zero);
    EXPECT_EQ(Found(frame) & (kRxHeaderError | kRxPayloadError), 0u);
    EXPECT_NE(Found(frame) & 7, 0u);
    frame.back() ^= std::byte{1};
    EXPECT_EQ(Found(frame) & (kRxHeaderError | kRxPayloadError), kRxPayloadError);
  }
}

TEST(EthernetChecksums, ModeTwoTakesThePseudoHeaderFromTheField) {
  ByteVector whole = Ipv4(17, Udp());
  InsertIpChecksums(whole, 3);
  ByteVector frame = Ipv4(17, Udp());
  // 192.0.2.1, 192.0.2.2, protocol 17, length 12.
  constexpr uint32_t kSum = 0xc000 + 0x0201 + 0xc000 + 0x0202 + 17 + 12;
  constexpr uint32_t kFolded = (kSum & 0xffff) + (kSum >> 16);
  frame[kPayload + 6] = static_cast<std::byte>(kFolded >> 8);
  frame[kPayload + 7] = static_cast<std::byte>(kFolded & 0xff);
  InsertIpChecksums(frame, 2);
  EXPECT_EQ(frame, whole);
}

TEST(EthernetChecksums, AnIcmpFieldHasToBeZero) {
  ByteVector frame = Ipv4(1, ToBytes({8, 0, 0, 1, 1, 2, 3, 4}));
  EXPECT_TRUE(InsertIpChecksums(frame, 3).icmp_field_not_zero);
}

TEST(EthernetChecksums, FragmentsGetTheirHeaderOnly) {
  ByteVector frame = Ipv4(17, Udp(), 0x2000);
  InsertIpChecksums(frame, 3);
  EXPECT_NE(Word(frame, kIp + 10), 0);
  EXPECT_EQ(Word(frame, kPayload + 6), 0);
  EXPECT_EQ(Found(frame), kRxIpv4) << "payload not looked at";
}

TEST(EthernetChecksums, SaysWhatItFound) {
  ByteVector frame = Ipv4(17, Udp());
  InsertIpChecksums(frame, 3);
  EXPECT_EQ(Found(frame), kRxIpv4 | kRxUdp);
  frame[kIp + 8] = std::byte{1};
  EXPECT_EQ(Found(frame), kRxIpv4 | kRxHeaderError);
  EXPECT_EQ(Found(Ipv6Udp()), kRxIpv6 | kRxUdp | kRxPayloadError);
  ByteVector arp = Pattern(60);
  arp[12] = std::byte{8};
  arp[13] = std::byte{6};
  EXPECT_EQ(Found(arp), kRxBypassed);
}

TEST(EthernetChecksums, AShortPayloadIsAnError) {
  ByteVector frame = Ipv4(17, Udp());
  InsertIpChecksums(frame, 3);
  frame.resize(frame.size() - 2);
  EXPECT_EQ(Found(frame), kRxIpv4 | kRxUdp | kRxPayloadError);
  EXPECT_TRUE(InsertIpChecksums(frame, 3).payload_error);
  frame[kIp] = std::byte{0x44};
  EXPECT_TRUE(InsertIpChecksums(frame, 3).header_error);
}

TEST(EthernetChecksums, UdpWithoutAChecksumIsGood) {
  ByteVector frame = Ipv4(17, Udp());
  InsertIpChecksums(frame, 1);
  EXPECT_EQ(Found(frame), kRxIpv4 | kRxUdp);
}

class EthOffload : public Stm32EthTest {
 protected:
  static constexpr uint32_t kAll = 3u << kTdChecksumShift;
};

TEST_F(EthOffload, InsertsOnTheWayOut) {
  Start();
  Send(0, Ipv4(17, Udp()), kAll);
  bench_.RunFor(50 * kMicrosecond);
  ASSERT_EQ(model_.sent().size(), 1u);
  EXPECT_EQ(Found(model_.sent()[0]), kRxIpv4 | kRxUdp);
}

TEST_F(EthOffload, NeedsStoreAndForward) {
  Start();
  Set(kDmaomr, 0x0220'0002);
  Set(kDmaomr, 0x0200'2002);
  Send(0, Ipv4(17, Udp()), kAll);
  ExpectViolation("without DMAOMR.TSF");
}

TEST_F(EthOffload, ReportsInTheExtendedStatus) {
  Start(kCrChecksumOffload, kOmKeepChecksumErrors);
  ByteVector frame = Ipv4(17, Udp());
  InsertIpChecksums(frame, 3);
  model_.Deliver(frame);
  frame[kPayload + 9] ^= std::byte{1};
  model_.Deliver(frame);
  bench_.RunFor(50 * kMicrosecond);
  EXPECT_NE(rx_[0].words[0] & kRdExtended, 0u);
  EXPECT_EQ(rx_[0].words[4], kRxIpv4 | kRxUdp);
  EXPECT_EQ(rx_[1].words[4], kRxIpv4 | kRxUdp | kRxPayloadError);
}

TEST_F(EthOffload, DropsWrongChecksumsUnlessTold) {
  Start(kCrChecksumOffload);
  model_.Deliver(Ipv4(17, ToBytes({0x12, 0x34, 0, 7, 0, 12, 9, 9, 'a', 'b', 'c', 'd'})));
  bench_.RunFor(50 * kMicrosecond);
  EXPECT_NE(rx_[0].words[0] & kOwn, 0u);
}

}  // namespace
}  // namespace test
