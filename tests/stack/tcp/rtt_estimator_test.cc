#include "stack/tcp/rtt_estimator.h"

#include <gtest/gtest.h>

namespace test {
namespace {

using namespace std::chrono_literals;
using stack::RttEstimator;

TEST(RttEstimator, StartsWithOneSecond) { EXPECT_EQ(RttEstimator().rto(), 1s); }

// RFC 6298 2.2: SRTT = R, RTTVAR = R / 2, RTO = SRTT + 4 RTTVAR.
TEST(RttEstimator, FirstSample) {
  RttEstimator rtt;
  rtt.OnSample(400ms);
  EXPECT_EQ(rtt.srtt_us(), 400'000u);
  EXPECT_EQ(rtt.rttvar_us(), 200'000u);
  EXPECT_EQ(rtt.rto(), 1200ms);
}

// RFC 6298 2.3: RTTVAR = 3/4 RTTVAR + 1/4 |SRTT - R|, SRTT = 7/8 SRTT + 1/8 R.
TEST(RttEstimator, FurtherSamples) {
  RttEstimator rtt;
  rtt.OnSample(400ms);
  rtt.OnSample(800ms);
  EXPECT_EQ(rtt.srtt_us(), 450'000u);
  EXPECT_EQ(rtt.rttvar_us(), 250'000u);
  EXPECT_EQ(rtt.rto(), 1450ms);
  rtt.OnSample(50ms);
  EXPECT_EQ(rtt.srtt_us(), 400'000u);
  EXPECT_EQ(rtt.rttvar_us(), 287'500u);
}

TEST(RttEstimator, VarianceHasAFloor) {
  RttEstimator rtt;
  for (int i = 0; i < 100; ++i) {
    rtt.OnSample(1ms);
  }
  EXPECT_EQ(rtt.srtt_us(), 1000u);
  EXPECT_EQ(rtt.rto(), 201ms);
}

TEST(RttEstimator, ZeroIsASampleToo) {
  RttEstimator rtt;
  rtt.OnSample(0us);
  rtt.OnSample(0us);
  EXPECT_EQ(rtt.rto(), 200ms);
}

TEST(RttEstimator, BackoffDoublesUpToTheMaximum) {
  RttEstimator rtt;
  const auto expected = {2s, 4s, 8s, 16s, 32s, 60s, 60s};
  for (const auto rto : expected) {
    rtt.OnTimeout();
    EXPECT_EQ(rtt.rto(), rto);
  }
  for (int i = 0; i < 300; ++i) {
    rtt.OnTimeout();
  }
  EXPECT_EQ(rtt.rto(), 60s);
  rtt.ClearBackoff();
  EXPECT_EQ(rtt.rto(), 1s);
}

TEST(RttEstimator, HugeSampleIsBounded) {
  RttEstimator rtt;
  rtt.OnSample(10h);
  rtt.OnSample(10h);
  EXPECT_EQ(rtt.rto(), 60s);
}

TEST(RttEstimator, LostSynMakesTheFirstTimeoutLonger) {
  RttEstimator rtt;
  rtt.OnSynLost();
  EXPECT_EQ(rtt.rto(), 3s);
  RttEstimator measured;
  measured.OnSample(400ms);
  measured.OnSynLost();
  EXPECT_EQ(measured.rto(), 1200ms);
}

}  // namespace
}  // namespace test
