// When a receiver that hears nothing is restarted.
#include "drivers/enc28j60/receive_watchdog.h"

#include <gtest/gtest.h>

namespace drivers::enc28j60 {
namespace {

using namespace std::chrono_literals;

class Enc28j60Watchdog : public testing::Test {
 protected:
  Remedy After(base::Duration duration) {
    now_ += duration;
    return watchdog_.Look(now_, evidence_);
  }
  void SetUp() override { EXPECT_EQ(After(0s), Remedy::kNone); }

  ReceiveWatchdog watchdog_;
  ReceiveEvidence evidence_{.link_up = true, .received = 1};
  base::Instant now_ = base::FromMicroseconds(1'000'000);
};

TEST_F(Enc28j60Watchdog, SilenceAloneIsFine) {
  EXPECT_EQ(After(24h), Remedy::kNone);
  EXPECT_EQ(After(24h), Remedy::kNone);
}

TEST_F(Enc28j60Watchdog, FramesWithoutAnswerRestartTheReceiverThenTheChip) {
  evidence_.sent = 2;
  EXPECT_EQ(After(1h), Remedy::kNone);
  evidence_.sent = 3;
  EXPECT_EQ(After(0s), Remedy::kRestartReceiver);
  evidence_.sent = 6;
  EXPECT_EQ(After(59'999ms), Remedy::kNone);
  EXPECT_EQ(After(1ms), Remedy::kRestartChip);
  evidence_.sent = 8;
  EXPECT_EQ(After(1h), Remedy::kNone);
  evidence_.sent = 9;
  EXPECT_EQ(After(0s), Remedy::kRestartReceiver);
}

TEST_F(Enc28j60Watchdog, WaitsBeforeTheFirstRemedy) {
  evidence_.sent = 100;
  EXPECT_EQ(After(9'999ms), Remedy::kNone);
  EXPECT_EQ(After(1ms), Remedy::kRestartReceiver);
}

TEST_F(Enc28j60Watchdog, PatienceGrowsToItsLimit) {
  for (int i = 0; i < 20; ++i) {
    evidence_.sent += 3;
    EXPECT_NE(After(ReceiveWatchdog::kLongestPatience), Remedy::kNone);
  }
  evidence_.sent += 3;
  EXPECT_EQ(After(ReceiveWatchdog::kLongestPatience - 1us), Remedy::kNone);
  EXPECT_NE(After(1us), Remedy::kNone);
}

TEST_F(Enc28j60Watchdog, OneFrameFromTheWireBeginsAnew) {
  evidence_.sent = 3;
  EXPECT_EQ(After(10s), Remedy::kRestartReceiver);
  evidence_.received = 2;
  evidence_.sent = 6;
  EXPECT_EQ(After(1h), Remedy::kNone);
  evidence_.sent = 9;
  EXPECT_EQ(After(9'999ms), Remedy::kNone);
  EXPECT_EQ(After(1ms), Remedy::kRestartReceiver);
}

TEST_F(Enc28j60Watchdog, WithoutLinkNothingIsExpected) {
  evidence_.link_up = false;
  evidence_.sent = 100;
  EXPECT_EQ(After(1h), Remedy::kNone);
  evidence_.link_up = true;
  EXPECT_EQ(After(1h), Remedy::kNone);
  evidence_.sent = 103;
  EXPECT_EQ(After(0s), Remedy::kRestartReceiver);
}

TEST_F(Enc28j60Watchdog, ContradictionCountsWhenItStays) {
  evidence_.is_stuck = true;
  EXPECT_EQ(After(100ms), Remedy::kNone);
  evidence_.is_stuck = false;
  EXPECT_EQ(After(100ms), Remedy::kNone);
  evidence_.is_stuck = true;
  EXPECT_EQ(After(100ms), Remedy::kNone);
  EXPECT_EQ(After(100ms), Remedy::kRestartReceiver);
  EXPECT_EQ(After(100ms), Remedy::kNone);
  EXPECT_EQ(After(100ms), Remedy::kRestartChip);
}

TEST_F(Enc28j60Watchdog, FrameEndsAContradiction) {
  evidence_.is_stuck = true;
  EXPECT_EQ(After(100ms), Remedy::kNone);
  evidence_.received = 2;
  EXPECT_EQ(After(100ms), Remedy::kNone);
  EXPECT_EQ(After(100ms), Remedy::kNone);
  EXPECT_EQ(After(100ms), Remedy::kRestartReceiver);
}

}  // namespace
}  // namespace drivers::enc28j60
