// A target's memory behind OpenOCD: which accesses the target sees, and what its errors become.
#include "host-cli/openocd/memory.h"

#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_openocd.h"

namespace netctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class OpenOcdMemoryTest : public testing::Test {
 protected:
  static std::vector<std::byte> Counting(size_t size) {
    std::vector<std::byte> bytes(size);
    for (size_t i = 0; i < size; ++i) {
      bytes[i] = static_cast<std::byte>(i + 1);
    }
    return bytes;
  }

  std::shared_ptr<test::FakeOpenOcdState> state_ = std::make_shared<test::FakeOpenOcdState>();
  std::shared_ptr<OpenOcdLog> log_ = std::make_shared<OpenOcdLog>();
  OpenOcdMemory memory_{OpenOcdRpc(std::make_unique<test::FakeOpenOcd>(state_)), log_,
                        "OpenOCD (x.cfg)", Json::object()};
};

TEST_F(OpenOcdMemoryTest, AnAlignedWordIsOneAccess) {
  const auto word = Counting(4);
  ASSERT_TRUE(memory_.Write(0x20000010, word));
  EXPECT_THAT(state_->accesses, ElementsAre("write 0x20000010 32 0x4030201"));
}

TEST_F(OpenOcdMemoryTest, NarrowAccessesOnlyAroundTheWords) {
  const auto bytes = Counting(10);
  ASSERT_TRUE(memory_.Write(0x20000001, bytes));
  EXPECT_THAT(state_->accesses,
              ElementsAre("write 0x20000001 8 0x1 0x2 0x3", "write 0x20000004 32 0x7060504",
                          "write 0x20000008 8 0x8 0x9 0xa"));
  EXPECT_THAT(state_->scripts, SizeIs(1));
  std::vector<std::byte> back(10);
  ASSERT_TRUE(memory_.Read(0x20000001, back));
  EXPECT_EQ(back, bytes);
}

TEST_F(OpenOcdMemoryTest, ABatchIsOneCommandInItsOrder) {
  std::array<std::byte, 4> first{};
  std::array<std::byte, 4> last{};
  const auto data = Counting(4);
  ASSERT_TRUE(memory_.Run(std::array{MemoryAccess{.address = 0x20000000, .out = first},
                                     MemoryAccess{.address = 0x20000000, .data = data},
                                     MemoryAccess{.address = 0x20000000, .out = last}}));
  EXPECT_THAT(state_->scripts, SizeIs(1));
  EXPECT_EQ(first, (std::array<std::byte, 4>{}));
  EXPECT_TRUE(std::ranges::equal(last, data));
}

TEST_F(OpenOcdMemoryTest, ALargeBlockIsSeveralCommands) {
  const auto data = Counting(5000);
  ASSERT_TRUE(memory_.Write(0x20000000, data));
  EXPECT_THAT(state_->scripts, SizeIs(3));
  std::vector<std::byte> back(5000);
  ASSERT_TRUE(memory_.Read(0x20000000, back));
  EXPECT_EQ(back, data);
}

TEST_F(OpenOcdMemoryTest, AFaultNamesItsAddress) {
  state_->fault_address = 0x60000004;
  std::array<std::byte, 4> good{};
  std::array<std::byte, 4> bad{};
  const auto done = memory_.Run(std::array{MemoryAccess{.address = 0x20000000, .out = good},
                                           MemoryAccess{.address = 0x60000004, .out = bad}});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, MemoryError::Kind::kFault);
  EXPECT_EQ(done.error().error.code, ExitCode::kChannel);
  EXPECT_THAT(done.error().error.message, HasSubstr("cannot access address 0x60000004"));
}

TEST_F(OpenOcdMemoryTest, ATargetThatComesBackIsNoError) {
  state_->failures = 2;
  std::array<std::byte, 4> out{};
  EXPECT_TRUE(memory_.Read(0x20000000, out));
  EXPECT_EQ(state_->failures, 0);
}

TEST_F(OpenOcdMemoryTest, ATargetThatStaysAwayIsUnreachable) {
  state_->failures = 1'000'000;
  std::array<std::byte, 4> out{};
  const auto read = memory_.Read(0x20000000, out);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, MemoryError::Kind::kUnreachable);
  EXPECT_THAT(read.error().error.message, HasSubstr("the target does not answer"));
  EXPECT_THAT(read.error().error.hint, HasSubstr("powered"));
  // It asked for it to be examined again.
  EXPECT_THAT(state_->scripts, testing::Contains(HasSubstr("arp_examine")));
}

TEST_F(OpenOcdMemoryTest, TheEndOfOpenOcdIsLost) {
  state_->silent = true;
  state_->end_reason = "OpenOCD (x.cfg) was lost: the process was ended by signal 9";
  std::array<std::byte, 4> out{};
  const auto read = memory_.Read(0x20000000, out);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, MemoryError::Kind::kLost);
  EXPECT_THAT(read.error().error.message, HasSubstr("signal 9"));
}

TEST_F(OpenOcdMemoryTest, AnUnpluggedProbeIsLost) {
  state_->failures = 1'000'000;
  log_->Add("Error: error writing data: No such device (it may have been disconnected)\n");
  std::array<std::byte, 4> out{};
  const auto read = memory_.Read(0x20000000, out);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, MemoryError::Kind::kLost);
  EXPECT_THAT(read.error().error.message, HasSubstr("unplugged"));
}

TEST_F(OpenOcdMemoryTest, AnswersThatMakeNoSenseAreNoData) {
  for (const std::string answer :
       {"", "{0x1} {0x2}", "{0x1 0x2}", "{zero}", "{0x100000000}", "{-1}", "{0x}"}) {
    state_->answer = [&answer](const std::string&) { return answer; };
    std::array<std::byte, 4> out{};
    const auto read = memory_.Read(0x20000000, out);
    ASSERT_FALSE(read) << answer;
    EXPECT_EQ(read.error().kind, MemoryError::Kind::kLost) << answer;
  }
}

TEST_F(OpenOcdMemoryTest, ResetsAsAsked) {
  state_->answer = [](const std::string&) { return ""; };
  ASSERT_TRUE(memory_.Reset(ResetKind::kHalt));
  ASSERT_TRUE(memory_.Reset(ResetKind::kRun));
  EXPECT_THAT(state_->scripts, ElementsAre("reset halt", "reset run"));
  state_->answer = [](const std::string&) { return "error: timed out while waiting"; };
  const auto reset = memory_.Reset(ResetKind::kHalt);
  ASSERT_FALSE(reset);
  EXPECT_EQ(reset.error().kind, MemoryError::Kind::kUnreachable);
  EXPECT_THAT(reset.error().error.message, HasSubstr("timed out while waiting"));
}

}  // namespace
}  // namespace netctl
