// Rules of RM0090 chapters 8 and 12 that the virtual EXTI and the pins before it enforce.
#include "tests/vboard/sleeping_board.h"

namespace test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ExtiTest : public SleepingBoard {
 protected:
  static constexpr uint32_t kMask = 0x4001'3c00;
  static constexpr uint32_t kRising = kMask + 8;
  static constexpr uint32_t kFalling = kMask + 12;
  static constexpr uint32_t kSoftware = kMask + 16;
  static constexpr uint32_t kPending = kMask + 20;
  static constexpr uint32_t kSelect2 = 0x4001'380c;  // SYSCFG_EXTICR2

  ExtiTest() {
    SetBits(kApb2Enable, 1u << 14);
    SetBits(kAhb1Enable, 1u << 2);
    Set(kSelect2, 2);  // PC4
    board_.gpio('C').SetInput(4, true);
  }
};

TEST_F(ExtiTest, FallingEdgeOfTheSelectedPinIsPending) {
  Set(kFalling, 1u << 4);
  Set(kMask, 1u << 4);
  EXPECT_FALSE(IsPending(10));
  board_.gpio('C').SetInput(4, false);
  EXPECT_EQ(Get(kPending), 1u << 4);
  EXPECT_TRUE(IsPending(10));
  EXPECT_THAT(board_.violations(), IsEmpty());
}

TEST_F(ExtiTest, EdgeIsKeptUntilItIsClearedByAOne) {
  Set(kFalling, 1u << 4);
  Set(kMask, 1u << 4);
  board_.gpio('C').SetInput(4, false);
  board_.gpio('C').SetInput(4, true);
  EXPECT_EQ(Get(kPending), 1u << 4);
  Set(kPending, 0);
  EXPECT_EQ(Get(kPending), 1u << 4);
  Set(kPending, 1u << 4);
  EXPECT_EQ(Get(kPending), 0u);
}

TEST_F(ExtiTest, LevelAloneIsNoEdge) {
  board_.gpio('C').SetInput(4, false);
  Set(kFalling, 1u << 4);
  Set(kMask, 1u << 4);
  EXPECT_EQ(Get(kPending), 0u);
  board_.gpio('C').SetInput(4, true);
  EXPECT_EQ(Get(kPending), 0u);
}

TEST_F(ExtiTest, RisingAndMaskedEdges) {
  Set(kRising, 1u << 4);
  board_.gpio('C').SetInput(4, false);
  board_.gpio('C').SetInput(4, true);
  EXPECT_EQ(Get(kPending), 0u);
  Set(kMask, 1u << 4);
  board_.gpio('C').SetInput(4, false);
  board_.gpio('C').SetInput(4, true);
  EXPECT_EQ(Get(kPending), 1u << 4);
}

TEST_F(ExtiTest, OnlyTheSelectedPortCounts) {
  Set(kSelect2, 0);
  Set(kFalling, 1u << 4);
  Set(kMask, 1u << 4);
  board_.gpio('C').SetInput(4, false);
  EXPECT_EQ(Get(kPending), 0u);
}

TEST_F(ExtiTest, LinesFromFiveOnShareInterrupts) {
  Set(kMask, 1u << 9 | 1u << 10);
  Set(kSoftware, 1u << 9);
  EXPECT_TRUE(IsPending(23));
  EXPECT_FALSE(IsPending(40));
  Set(kSoftware, 1u << 9 | 1u << 10);
  EXPECT_TRUE(IsPending(40));
  Set(kPending, 1u << 9);
  EXPECT_EQ(Get(kSoftware), 1u << 10);
}

TEST_F(ExtiTest, ReservedLinesAreAViolation) {
  Set(kMask, 1u << 23);
  EXPECT_EQ(Get(kMask), 0u);
  EXPECT_THAT(board_.violations(), ElementsAre(HasSubstr("reserved bits")));
}

TEST_F(ExtiTest, InputReadsWhatDrivesIt) {
  Set(kGpioC + 0x0c, 1u << 8);  // pull-up, weaker
  board_.gpio('C').SetInput(4, false);
  EXPECT_EQ(Get(kGpioC + 0x10) >> 4 & 1, 0u);
  board_.gpio('C').SetInput(4, std::nullopt);
  EXPECT_EQ(Get(kGpioC + 0x10) >> 4 & 1, 1u);
}

TEST_F(ExtiTest, TwoDriversOfAPinAreAViolation) {
  Set(kGpioC, 1u << 8);
  EXPECT_THAT(board_.violations(), ElementsAre(HasSubstr("PC4 is an output")));
}

TEST_F(ExtiTest, OutputTellsItsLevel) {
  std::vector<std::pair<uint32_t, bool>> seen;
  board_.gpio('C').AddOutputListener(
      [&](uint32_t pin, bool is_high) { seen.emplace_back(pin, is_high); });
  Set(kGpioC, 1u << 10);        // PC5 is an output, low
  Set(kGpioC + 0x18, 1u << 5);  // high
  Set(kGpioC + 0x18, 1u << 5);  // no change
  Set(kGpioC + 0x18, 1u << (5 + 16));
  EXPECT_THAT(seen, ElementsAre(std::pair{5u, false}, std::pair{5u, true}, std::pair{5u, false}));
  EXPECT_FALSE(board_.gpio('C').output(5));
}

}  // namespace
}  // namespace test
