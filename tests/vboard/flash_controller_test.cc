#include "tests/support/vboard/stm32f4/flash_controller.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/vboard/stm32f407.h"
#include "tests/vboard/program.h"

namespace test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr uint32_t kKey = 0x4002'3c04;
constexpr uint32_t kStatus = 0x4002'3c0c;
constexpr uint32_t kControl = 0x4002'3c10;
constexpr uint32_t kLock = 0x8000'0000;
constexpr uint32_t kProgramWords = 0x201;
constexpr uint32_t kStart = 0x1'0000;
constexpr uint32_t kPlace = 0x0802'0000;  // sector 5
constexpr uint32_t kParallelismError = 1u << 6;
constexpr uint32_t kSequenceError = 1u << 7;
constexpr uint32_t kBusy = 1u << 16;

class FlashControllerTest : public testing::Test {
 protected:
  FlashControllerTest() { board_.Reset(true); }

  uint32_t Word(uint32_t address) {
    uint32_t value = 0;
    EXPECT_TRUE(board_.Read(address, 4, value));
    return value;
  }
  void Set(uint32_t address, uint32_t value, uint32_t width = 4) {
    EXPECT_TRUE(board_.Write(address, width, value));
  }
  void Unlock() {
    Set(kKey, 0x4567'0123);
    Set(kKey, 0xcdef'89ab);
  }
  void Wait() {
    board_.Resume();  // nothing is in the flash: the core is locked up, time passes
    board_.RunFor(10 * kMillisecond);
    board_.Halt();
  }

  Stm32f407 board_;
};

TEST_F(FlashControllerTest, ProgramsAnErasedWordWhenUnlocked) {
  Unlock();
  Set(kControl, kProgramWords);
  Set(kPlace, 0x1234'5678);
  EXPECT_EQ(Word(kPlace), 0x1234'5678u);
  EXPECT_EQ(Word(kStatus), kBusy);
  Wait();
  EXPECT_EQ(Word(kStatus), 0u);
}

TEST_F(FlashControllerTest, LockedItTakesNothing) {
  Set(kControl, kProgramWords);
  EXPECT_EQ(Word(kControl), kLock);
  EXPECT_THAT(board_.violations(), Contains(HasSubstr("locked")));
  Set(kPlace, 0);
  EXPECT_EQ(Word(kPlace), 0xffff'ffffu);
  EXPECT_EQ(Word(kStatus), kSequenceError);
}

TEST_F(FlashControllerTest, WrongKeyLocksUntilTheNextReset) {
  Set(kKey, 0x4567'0123);
  Set(kKey, 0xdead'beef);
  Unlock();
  EXPECT_EQ(Word(kControl), kLock);
  board_.Reset(true);
  Unlock();
  EXPECT_EQ(Word(kControl), 0u);
}

TEST_F(FlashControllerTest, ProgrammingOnlyClearsBits) {
  Unlock();
  Set(kControl, kProgramWords);
  Set(kPlace, 0xff00'ff00);
  Set(kPlace, 0x0ff0'0ff0);
  EXPECT_EQ(Word(kPlace), 0x0f00'0f00u);
}

TEST_F(FlashControllerTest, OtherWidthThanPsizeIsAParallelismError) {
  Unlock();
  Set(kControl, kProgramWords);
  Set(kPlace, 0, 2);
  EXPECT_EQ(Word(kStatus), kParallelismError);
  EXPECT_EQ(Word(kPlace), 0xffff'ffffu);
  Set(kStatus, kParallelismError);
  EXPECT_EQ(Word(kStatus), 0u);
}

TEST_F(FlashControllerTest, SectorEraseLeavesItsNeighbours) {
  const std::vector<std::byte> zeros(FlashController::kSize);
  board_.LoadFlash(zeros);
  Unlock();
  Set(kControl, 0x2 | 4 << 3 | kStart);
  EXPECT_EQ(Word(kStatus), kBusy);
  EXPECT_EQ(Word(0x0800'fffc), 0u);
  EXPECT_EQ(Word(0x0801'0000), 0xffff'ffffu);
  EXPECT_EQ(Word(0x0801'fffc), 0xffff'ffffu);
  EXPECT_EQ(Word(0x0802'0000), 0u);
}

TEST_F(FlashControllerTest, MassEraseErasesAll) {
  const std::vector<std::byte> zeros(FlashController::kSize);
  board_.LoadFlash(zeros);
  Unlock();
  Set(kControl, 0x4 | kStart);
  EXPECT_TRUE(
      std::ranges::all_of(board_.flash(), [](std::byte b) { return b == std::byte{0xff}; }));
}

TEST_F(FlashControllerTest, SectorsCoverTheMemory) {
  std::vector<std::byte> memory(FlashController::kSize);
  const std::byte* end = memory.data();
  for (uint32_t i = 0; i < FlashController::kSectors; ++i) {
    const auto sector = FlashController::SectorOf(memory, i);
    EXPECT_EQ(sector.data(), end) << i;
    end = sector.data() + sector.size();
  }
  EXPECT_EQ(end, memory.data() + memory.size());
}

// Stores by code go another way than those of the debugger.
TEST_F(FlashControllerTest, CodeProgramsTwoHalfwordsAndReadsThem) {
  Program program;
  program.Set(kKey, 0x4567'0123).Set(kKey, 0xcdef'89ab).Set(kControl, 0x101);
  program.Load(0, kPlace).Load(1, 0x1234).Code({0x8001, 0x8041});  // strh r1, [r0]; [r0, #2]
  program.Load(1, 0xff0f).Code({0x8001, 0x6804, kStop});           // strh r1, [r0]; ldr r4, [r0]
  board_.LoadFlash(program.image());
  board_.Reset(false);
  board_.RunFor(kMillisecond);

  ASSERT_TRUE(board_.halted());
  EXPECT_EQ(board_.ReadRegister(4), 0x1234'1204u);
  EXPECT_EQ(Word(kPlace), 0x1234'1204u);
  EXPECT_THAT(board_.violations(), IsEmpty());
}

TEST_F(FlashControllerTest, CodeThatStoresWithoutUnlockingChangesNothing) {
  Program program;
  program.Set(kPlace, 0).Load(0, kPlace).Code({0x6804, kStop});
  board_.LoadFlash(program.image());
  board_.Reset(false);
  board_.RunFor(kMillisecond);

  ASSERT_TRUE(board_.halted());
  EXPECT_EQ(board_.ReadRegister(4), 0xffff'ffffu);
  EXPECT_EQ(Word(kStatus), kSequenceError);
}

TEST(FlashMemory, FileKeepsTheCellsAndBelongsToOneChip) {
  const std::string path =
      std::filesystem::temp_directory_path() / ("netctl_flash_" + std::to_string(::getpid()));
  const std::vector<std::byte> image(100, std::byte{0x5a});
  {
    Stm32f407 board({.flash_file = path});
    board.LoadFlash(image);
    EXPECT_THROW(Stm32f407({.flash_file = path}), std::system_error);
  }
  const Stm32f407 board({.flash_file = path});
  EXPECT_TRUE(std::ranges::equal(board.flash().first(100), image));
  EXPECT_EQ(board.flash()[100], std::byte{0xff});
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace test
