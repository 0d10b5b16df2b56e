// The channel over the rings: it finds them again by itself, and gives up in time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "host-cli/channels/rtt.h"
#include "host-cli/clock.h"
#include "tests/host-cli/probe/rtt_target.h"
#include "tests/support/bytes.h"

namespace netctl {
namespace {

using test::RttTarget;
using testing::HasSubstr;
using Kind = MemoryError::Kind;

class RttChannelTest : public testing::Test {
 protected:
  RttChannelTest() {
    auto target = std::make_unique<RttTarget>();
    target_ = target.get();
    const uint32_t address = target->address();
    channel_ = std::make_unique<RttChannel>(std::move(target), RttSearch({address}, {}));
  }
  // Reads, as the poll loop would, until `size` bytes came or the channel fails.
  std::vector<std::byte> Read(size_t size) {
    std::vector<std::byte> got;
    for (int i = 0; i < 50 && got.size() < size; ++i) {
      std::array<std::byte, 100> bytes;
      const auto count = channel_->Read(bytes);
      if (!count) {
        error_ = count.error().message;
        return got;
      }
      got.insert(got.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(*count));
    }
    return got;
  }
  // Reads until the channel gives up; how long that took.
  base::Duration ReadUntilItFails() {
    const base::Instant begin = Now();
    while (error_.empty() && Now() - begin < std::chrono::seconds(20)) {
      Read(1);
      ::usleep(1000);
    }
    return Now() - begin;
  }

  RttTarget* target_;
  std::unique_ptr<RttChannel> channel_;
  std::string error_;
};

TEST_F(RttChannelTest, WaitsForATargetThatIsStillStarting) {
  EXPECT_EQ(Read(1).size(), 0u);
  target_->StartAgent();
  ASSERT_EQ(target_->agent().Write(test::ToBytes({0x01, 0x02, 0x03})), 3u);
  EXPECT_EQ(Read(3), test::ToBytes({0x01, 0x02, 0x03}));
  EXPECT_EQ(channel_->Write(test::ToBytes({0x04, 0x05})), 2u);
  std::array<std::byte, 4> heard;
  EXPECT_EQ(target_->agent().Read(heard), 2u);
  EXPECT_EQ(channel_->facts()["rtt_address"], target_->address());
}

TEST_F(RttChannelTest, FindsTheRingsAgainAfterAColdRestart) {
  target_->StartAgent();
  Read(1);
  EXPECT_EQ(channel_->Write(test::ToBytes({0x00})), 1u);
  target_->FailWith(Kind::kUnreachable);
  Read(1);
  target_->rtt() = {};
  target_->FailWith(std::nullopt);
  Read(1);
  target_->StartAgent();
  ASSERT_EQ(target_->agent().Write(test::ToBytes({0x0a, 0x0b})), 2u);
  EXPECT_EQ(Read(2), test::ToBytes({0x0a, 0x0b}));
  EXPECT_EQ(error_, "");
}

TEST_F(RttChannelTest, GivesUpWithoutAControlBlock) {
  EXPECT_GE(ReadUntilItFails(), RttChannel::kPatience);
  EXPECT_THAT(error_, HasSubstr("no control block of the netctl agent"));
}

TEST_F(RttChannelTest, SaysWhatIsWrongWithTheBlock) {
  target_->StartAgent();
  target_->rtt().control.down[1].size = 3;
  ReadUntilItFails();
  EXPECT_THAT(error_, HasSubstr("is no good"));
  EXPECT_THAT(error_, HasSubstr("its down ring has 3 bytes"));
}

TEST_F(RttChannelTest, AHaltedCoreIsNamed) {
  target_->StartAgent();
  Read(1);
  EXPECT_THAT(channel_->advice(), HasSubstr("does not serve its rings"));
  target_->set_halted(true);
  EXPECT_THAT(channel_->advice(), HasSubstr("halted"));
}

TEST_F(RttChannelTest, ALostProbeIsTheEndAtOnce) {
  target_->StartAgent();
  Read(1);
  target_->FailWith(Kind::kLost);
  EXPECT_LT(ReadUntilItFails(), RttChannel::kPatience);
}

}  // namespace
}  // namespace netctl
