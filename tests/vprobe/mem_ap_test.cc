#include "tests/support/vprobe/mem_ap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/vprobe/wires.h"

namespace test {
namespace {

using testing::Optional;

// An access port without the debug port before it.
class MemApTest : public testing::Test {
 protected:
  void Point(MemAp& ap, uint32_t csw, uint32_t address) {
    EXPECT_TRUE(ap.Write(kApCsw, csw));
    EXPECT_TRUE(ap.Write(kApTar, address));
  }
  std::optional<uint32_t> Read(MemAp& ap, uint8_t address) {
    uint32_t value = 0;
    return ap.Read(address, value) ? std::optional(value) : std::nullopt;
  }

  Wires wires_;
  MemAp& ap_ = wires_.ap;
};

TEST_F(MemApTest, BytesUseTheLanesOfTheirAddress) {
  Point(ap_, kCswByte, kRam + 1);
  EXPECT_TRUE(ap_.Write(kApDrw, 0xaabbccdd));
  EXPECT_EQ(wires_.Word(kRam), 0x0000cc00u);
  EXPECT_TRUE(ap_.Write(kApDrw, 0x11223344));
  EXPECT_EQ(wires_.Word(kRam), 0x0022cc00u);
  Point(ap_, kCswByte, kRam + 2);
  EXPECT_THAT(Read(ap_, kApDrw), Optional(0x00220000u));
}

TEST_F(MemApTest, HalfwordsUseTheLanesOfTheirAddress) {
  Point(ap_, kCswHalf, kRam + 2);
  EXPECT_TRUE(ap_.Write(kApDrw, 0x12345678));
  EXPECT_EQ(wires_.Word(kRam), 0x12340000u);
  EXPECT_THAT(Read(ap_, kApTar), Optional(kRam + 4));
}

TEST_F(MemApTest, PackedTransfersCarryAWholeWord) {
  Point(ap_, kCswPacked, kRam);
  EXPECT_TRUE(ap_.Write(kApDrw, 0x44332211));
  EXPECT_EQ(wires_.Word(kRam), 0x44332211u);
  Point(ap_, kCswPacked, kRam + 1);
  wires_.SetWord(kRam + 4, 0x88776655);
  EXPECT_THAT(Read(ap_, kApDrw), Optional(0x44332255u));
}

TEST_F(MemApTest, IncrementIsOptional) {
  Point(ap_, kCswByteFixed, kRam);
  EXPECT_TRUE(ap_.Write(kApDrw, 1));
  EXPECT_THAT(Read(ap_, kApTar), Optional(kRam));
}

TEST_F(MemApTest, TheIncrementWraps) {
  Point(ap_, kCswWord, kRam + 0xffc);
  EXPECT_TRUE(ap_.Write(kApDrw, 1));
  EXPECT_THAT(Read(ap_, kApTar), Optional(kRam));

  Wires strict(1024);
  Point(strict.ap, kCswWord, kRam + 0x7fc);
  EXPECT_TRUE(strict.ap.Write(kApDrw, 1));
  EXPECT_THAT(Read(strict.ap, kApTar), Optional(kRam + 0x400));
}

TEST_F(MemApTest, BankedDataDoNotMoveTheAddress) {
  wires_.SetWord(kRam + 8, 0x55aa55aa);
  Point(ap_, kCswWord, kRam + 4);
  EXPECT_THAT(Read(ap_, kApBankedData + 8), Optional(0x55aa55aau));
  EXPECT_TRUE(ap_.Write(kApBankedData + 0xc, 7));
  EXPECT_EQ(wires_.Word(kRam + 12), 7u);
  EXPECT_THAT(Read(ap_, kApTar), Optional(kRam + 4));
}

TEST_F(MemApTest, UnmappedAndUnalignedAreBusErrors) {
  Point(ap_, kCswWord, kNowhere);
  EXPECT_EQ(Read(ap_, kApDrw), std::nullopt);
  EXPECT_THAT(Read(ap_, kApTar), Optional(kNowhere));
  Point(ap_, kCswWord, kRam + 2);
  EXPECT_EQ(Read(ap_, kApDrw), std::nullopt);
  Point(ap_, kCswWord, kRam + kRamSize - 4);
  EXPECT_TRUE(ap_.Write(kApDrw, 1));
}

TEST_F(MemApTest, ThePrivateBusBelongsToTheCore) {
  Point(ap_, kCswWord, 0xe000ed00);
  EXPECT_THAT(Read(ap_, kApDrw), Optional(0x410fc241u));
  // A component of the vendor is one of the target's, and this target has none.
  Point(ap_, kCswWord, 0xe0042000);
  EXPECT_EQ(Read(ap_, kApDrw), std::nullopt);
}

TEST_F(MemApTest, ALockedOneRefusesEverything) {
  ap_.set_locked(true);
  EXPECT_EQ(Read(ap_, kApIdr), std::nullopt);
  EXPECT_FALSE(ap_.Write(kApTar, kRam));
}

TEST_F(MemApTest, ASizeThatTheBusDoesNotHaveReadsBackAsWords) {
  EXPECT_TRUE(ap_.Write(kApCsw, 0x23000053));
  EXPECT_THAT(Read(ap_, kApCsw), Optional(kCswWord));
}

}  // namespace
}  // namespace test
