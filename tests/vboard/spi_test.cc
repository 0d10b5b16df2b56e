// Rules of RM0090 chapter 28 that the virtual SPI enforces.
#include "tests/vboard/sleeping_board.h"

namespace test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr uint32_t kReceived = 1;
constexpr uint32_t kEmpty = 2;
constexpr uint32_t kOverrun = 0x40;
constexpr uint32_t kBusy = 0x80;

class SpiTest : public SleepingBoard {
 protected:
  static constexpr uint32_t kControl2 = kSpi1 + 4;
  static constexpr uint32_t kStatus = kSpi1 + 8;
  static constexpr uint32_t kData = kSpi1 + 12;
};

TEST_F(SpiTest, ByteGoesOutWhileAnotherComesIn) {
  StartSpi();
  EXPECT_EQ(Get(kStatus), kEmpty);
  Set(kData, 0x5a);
  EXPECT_EQ(Get(kStatus), kEmpty | kBusy);  // it is in the shift register already
  board_.RunFor(7 * kMicrosecond);
  EXPECT_EQ(Get(kStatus), kEmpty | kBusy);
  board_.RunFor(2 * kMicrosecond);
  EXPECT_EQ(Get(kStatus), kEmpty | kReceived);
  EXPECT_EQ(Get(kData), 0x81u);
  EXPECT_EQ(Get(kStatus), kEmpty);
  EXPECT_THAT(sent_, ElementsAre(0x5a));
  EXPECT_EQ(clock_.hertz, 1'000'000u);
  EXPECT_THAT(board_.violations(), IsEmpty());
}

TEST_F(SpiTest, ClockIsDividedFromPclk2) {
  StartSpi(4u << 3);  // BR 7
  Set(kData, 0);
  board_.RunFor(kMillisecond);
  EXPECT_EQ(clock_.hertz, 62'500u);
}

TEST_F(SpiTest, OneByteWaitsBehindTheOneThatMoves) {
  StartSpi();
  Set(kData, 1);
  Set(kData, 2);
  EXPECT_EQ(Get(kStatus), kBusy);
  board_.RunFor(9 * kMicrosecond);
  EXPECT_EQ(Get(kStatus), kEmpty | kBusy | kReceived);
  EXPECT_THAT(board_.violations(), IsEmpty());
  Set(kData, 3);
  Set(kData, 4);
  EXPECT_THAT(board_.violations(), ElementsAre(HasSubstr("TXE is 0")));
}

TEST_F(SpiTest, ByteNobodyReadIsAnOverrun) {
  StartSpi();
  Set(kData, 1);
  Set(kData, 2);
  board_.RunFor(20 * kMicrosecond);
  EXPECT_EQ(Get(kStatus), kEmpty | kReceived | kOverrun);
  EXPECT_EQ(Get(kData), 0x81u);  // the first stays
  Get(kStatus);
  EXPECT_EQ(Get(kStatus), kEmpty);
}

TEST_F(SpiTest, SettingsRestWhileAByteMoves) {
  StartSpi();
  Set(kData, 1);
  Set(kSpi1, Get(kSpi1) ^ 1u << 3);
  EXPECT_THAT(board_.violations(), ElementsAre(HasSubstr("changed while BSY")));
}

TEST_F(SpiTest, DisablingWaitsForTheLastByte) {
  StartSpi();
  Set(kData, 1);
  Set(kSpi1, Get(kSpi1) & ~0x40u);
  EXPECT_THAT(board_.violations(), ElementsAre(HasSubstr("disabled before")));
}

TEST_F(SpiTest, MasterWithItsSelectLowLosesItsMode) {
  SetBits(kApb2Enable, 1u << 12);
  Set(kSpi1, 0x244);  // SSM without SSI
  EXPECT_EQ(Get(kSpi1) & 0x44, 0u);
  EXPECT_EQ(Get(kStatus) & 0x20, 0x20u);
  Set(kSpi1, 0x304);
  EXPECT_EQ(Get(kStatus) & 0x20, 0u);
  EXPECT_THAT(board_.violations(), ElementsAre(HasSubstr("mode fault")));
}

TEST_F(SpiTest, BytesNeedPins) {
  StartSpi();
  Set(kGpioA + 0x20, 5u << 20 | 5u << 28);  // no MISO
  Set(kData, 1);
  board_.RunFor(10 * kMicrosecond);
  EXPECT_THAT(board_.violations(), ElementsAre(HasSubstr("has no pin")));
}

TEST_F(SpiTest, FramesThatAreNotModelledAreTold) {
  StartSpi(0x800);  // 16 bits
  EXPECT_THAT(board_.violations(), ElementsAre(HasSubstr("are modelled")));
}

TEST_F(SpiTest, FlagsInterruptWhenEnabled) {
  StartSpi();
  EXPECT_FALSE(IsPending(35));
  Set(kControl2, 0x40);  // RXNEIE
  EXPECT_FALSE(IsPending(35));
  Set(kData, 1);
  board_.RunFor(10 * kMicrosecond);
  EXPECT_TRUE(IsPending(35));
}

TEST_F(SpiTest, DmaMovesAMessage) {
  StartSpi();
  SetBits(kAhb1Enable, 1u << 22);
  constexpr uint32_t kOut = 0x2000'1000;
  constexpr uint32_t kIn = 0x2000'1100;
  Set(kOut, 0x04030201);
  Set(kControl2, 1);     // RXDMAEN
  Set(kDma2 + 0x14, 4);  // stream 0: NDTR, PAR, M0AR, CR
  Set(kDma2 + 0x18, kData);
  Set(kDma2 + 0x1c, kIn);
  Set(kDma2 + 0x10, 3u << 25 | 0x400 | 0x10 | 1);
  Set(kDma2 + 0x5c, 4);  // stream 3
  Set(kDma2 + 0x60, kData);
  Set(kDma2 + 0x64, kOut);
  Set(kDma2 + 0x58, 3u << 25 | 0x400 | 0x40 | 1);
  Set(kControl2, 3);  // TXDMAEN
  board_.RunFor(31 * kMicrosecond);
  EXPECT_FALSE(IsPending(56));
  board_.RunFor(2 * kMicrosecond);
  EXPECT_TRUE(IsPending(56));
  EXPECT_THAT(sent_, ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(Get(kIn), 0x84838281u);
  EXPECT_EQ(Get(kDma2) & 0x20, 0x20u);
  EXPECT_EQ(Get(kDma2 + 0x10) & 1, 0u);
  EXPECT_EQ(Get(kStatus), kEmpty);
  EXPECT_THAT(board_.violations(), IsEmpty());
}

}  // namespace
}  // namespace test
