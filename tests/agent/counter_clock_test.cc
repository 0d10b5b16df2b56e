#include "agent/counter_clock.h"

#include <gtest/gtest.h>

namespace agent {
namespace {

TEST(CounterClock, CountsMicroseconds) {
  CounterClock clock(25, 100);
  EXPECT_EQ(base::ToMicroseconds(clock.Update(100)), 0);
  EXPECT_EQ(base::ToMicroseconds(clock.Update(125)), 1);
  EXPECT_EQ(base::ToMicroseconds(clock.Update(100 + 25 * 1000)), 1000);
}

TEST(CounterClock, LosesNoFractionHoweverOftenItIsRead) {
  CounterClock clock(25, 0);
  base::Instant now;
  for (uint32_t counter = 0; counter <= 25'000'000; counter += 7) {
    now = clock.Update(counter);
  }
  EXPECT_EQ(base::ToMicroseconds(now), 24'999'996 / 25);
}

TEST(CounterClock, GoesOnWhereTheCounterWraps) {
  CounterClock clock(25, 0xffff'fff0);
  EXPECT_EQ(base::ToMicroseconds(clock.Update(9)), 1);
  EXPECT_EQ(base::ToMicroseconds(clock.Update(8)), 1 + 0xffff'ffff / 25);
}

TEST(CounterClock, RunsForYears) {
  CounterClock clock(1, 0);
  int64_t expected = 0;
  for (int i = 0; i < 100'000; ++i) {
    expected += 0xffff'fff0;
    ASSERT_EQ(base::ToMicroseconds(clock.Update(static_cast<uint32_t>(expected))), expected);
  }
}

}  // namespace
}  // namespace agent
