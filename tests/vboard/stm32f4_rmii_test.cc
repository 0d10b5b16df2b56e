#include "tests/support/vboard/boards/stm32f4_rmii.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/vboard/program.h"

namespace test {
namespace {

// A board that runs B . for ever.
class RmiiBoard : public testing::Test {
 protected:
  RmiiBoard() {
    Program program;
    program.Code({kSpin});
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(program.image().data()), std::ssize(program.image()));
    board_ = MakeStm32f4Rmii({.image = path_});
  }
  ~RmiiBoard() override { std::filesystem::remove(path_); }

  std::string path_ =
      std::filesystem::temp_directory_path() / ("rmii-image-" + std::to_string(getpid()));
  std::unique_ptr<VirtualBoard> board_;
};

TEST_F(RmiiBoard, RunsItsImage) {
  board_->RunFor(kMillisecond);
  EXPECT_GE(board_->now(), kMillisecond);
  EXPECT_GT(board_->instructions(), 10'000u);
  EXPECT_THAT(board_->violations(), testing::IsEmpty());
  EXPECT_EQ(board_->name(), "stm32f4-rmii");
}

TEST_F(RmiiBoard, KnowsItsFaultsByName) {
  EXPECT_FALSE(board_->SetFault("no-such-fault", true));
  for (const BoardFault& fault : board_->faults()) {
    EXPECT_TRUE(board_->SetFault(fault.name, true)) << fault.name;
    EXPECT_TRUE(board_->SetFault(fault.name, false)) << fault.name;
    EXPECT_FALSE(fault.text.empty());
  }
  board_->PowerCycle();
  board_->RunFor(kMillisecond);
  EXPECT_THAT(board_->violations(), testing::IsEmpty());
}

TEST_F(RmiiBoard, TakesNoFrameWithoutADriver) {
  EXPECT_FALSE(board_->network().Deliver(Pattern(60)));
}

TEST_F(RmiiBoard, NeedsAnImage) {
  EXPECT_THROW(MakeStm32f4Rmii({.image = "/no/such/image"}), std::runtime_error);
}

}  // namespace
}  // namespace test
