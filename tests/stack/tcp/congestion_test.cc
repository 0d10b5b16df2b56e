#include "stack/tcp/congestion.h"

#include <gtest/gtest.h>

namespace test {
namespace {

using stack::Congestion;

constexpr uint32_t kMss = 1000;

Congestion Started() {
  Congestion congestion;
  congestion.Start(kMss, false);
  return congestion;
}

// RFC 6928 2.
TEST(Congestion, InitialWindow) {
  EXPECT_EQ(Congestion::InitialWindow(1460), 14600u);
  EXPECT_EQ(Congestion::InitialWindow(536), 5360u);
  EXPECT_EQ(Congestion::InitialWindow(8960), 17920u);
  EXPECT_EQ(Started().window(), 10 * kMss);
}

TEST(Congestion, LostSynStartsWithOneSegment) {
  Congestion congestion;
  congestion.Start(kMss, true);
  EXPECT_EQ(congestion.window(), kMss);
}

TEST(Congestion, SlowStartCountsBytesUpToTwoSegments) {
  Congestion congestion = Started();
  congestion.OnAck(kMss, 10 * kMss);
  EXPECT_EQ(congestion.window(), 11 * kMss);
  congestion.OnAck(2 * kMss, 11 * kMss);
  EXPECT_EQ(congestion.window(), 13 * kMss);
  congestion.OnAck(10 * kMss, 13 * kMss);  // a stretch ACK is no burst (RFC 3465 2.3)
  EXPECT_EQ(congestion.window(), 15 * kMss);
}

// CVE class of ACK division: a byte acknowledged counts as a byte.
TEST(Congestion, ManySmallAcksGrowNoMoreThanOneLarge) {
  Congestion congestion = Started();
  for (uint32_t i = 0; i < kMss; ++i) {
    congestion.OnAck(1, 10 * kMss);
  }
  EXPECT_EQ(congestion.window(), 11 * kMss);
}

TEST(Congestion, UnusedWindowDoesNotGrow) {
  Congestion congestion = Started();
  congestion.OnAck(kMss, 5 * kMss);
  EXPECT_EQ(congestion.window(), 10 * kMss);
}

TEST(Congestion, AvoidanceGrowsOneSegmentARoundTrip) {
  Congestion congestion = Started();
  congestion.OnTimeout(8 * kMss, true);
  EXPECT_EQ(congestion.window(), kMss);
  EXPECT_EQ(congestion.threshold(), 4 * kMss);
  while (congestion.window() < congestion.threshold()) {
    congestion.OnAck(kMss, congestion.window());
  }
  for (uint32_t acked = 0; acked < 4 * kMss; acked += kMss) {
    EXPECT_EQ(congestion.window(), 4 * kMss);
    congestion.OnAck(kMss, congestion.window());
  }
  EXPECT_EQ(congestion.window(), 5 * kMss);
}

// RFC 5681 3.1: a repeated timeout leaves the threshold as it is.
TEST(Congestion, SecondTimeoutKeepsTheThreshold) {
  Congestion congestion = Started();
  congestion.OnTimeout(10 * kMss, true);
  congestion.OnTimeout(kMss, false);
  EXPECT_EQ(congestion.threshold(), 5 * kMss);
}

TEST(Congestion, ThresholdIsTwoSegmentsAtLeast) {
  Congestion congestion = Started();
  congestion.OnTimeout(kMss, true);
  EXPECT_EQ(congestion.threshold(), 2 * kMss);
}

// RFC 6582 3.2.
TEST(Congestion, RecoveryInflatesAndDeflates) {
  Congestion congestion = Started();
  congestion.EnterRecovery(10 * kMss);
  EXPECT_EQ(congestion.threshold(), 5 * kMss);
  EXPECT_EQ(congestion.window(), 8 * kMss);
  congestion.Inflate();
  EXPECT_EQ(congestion.window(), 9 * kMss);
  congestion.Deflate(3 * kMss);
  EXPECT_EQ(congestion.window(), 7 * kMss);
  congestion.ExitRecovery(2 * kMss);
  EXPECT_EQ(congestion.window(), 3 * kMss);
}

TEST(Congestion, ForgedDuplicatesDoNotOpenTheWindow) {
  Congestion congestion = Started();
  congestion.EnterRecovery(10 * kMss);
  for (int i = 0; i < 1000; ++i) {
    congestion.Inflate();
  }
  EXPECT_EQ(congestion.window(), 15 * kMss);  // half of the flight, and the flight itself
}

TEST(Congestion, DeflateLeavesOneSegment) {
  Congestion congestion = Started();
  congestion.EnterRecovery(4 * kMss);
  congestion.Deflate(100 * kMss);
  EXPECT_EQ(congestion.window(), 2 * kMss);
}

TEST(Congestion, IdleReturnsToTheInitialWindow) {
  Congestion congestion = Started();
  for (int i = 0; i < 10; ++i) {
    congestion.OnAck(2 * kMss, congestion.window());
  }
  congestion.OnIdle();
  EXPECT_EQ(congestion.window(), 10 * kMss);
  congestion.OnTimeout(10 * kMss, true);
  congestion.OnIdle();
  EXPECT_EQ(congestion.window(), kMss);
}

}  // namespace
}  // namespace test
