#include "tests/support/vprobe/faults.h"

#include <vector>

#include <gtest/gtest.h>

namespace test {
namespace {

std::vector<bool> Draw(Faults& faults, int count) {
  std::vector<bool> drawn;
  for (int i = 0; i < count; ++i) {
    drawn.push_back(faults.Happens(FaultKind::kWait));
  }
  return drawn;
}

TEST(Faults, NothingHappensUnasked) {
  Faults faults;
  EXPECT_EQ(Draw(faults, 100), std::vector<bool>(100, false));
}

TEST(Faults, TheSeedRepeatsThem) {
  Faults first(7);
  Faults second(7);
  Faults other(8);
  for (Faults* const faults : {&first, &second, &other}) {
    ASSERT_TRUE(faults->Set("wait:4"));
  }
  const std::vector<bool> drawn = Draw(first, 1000);
  EXPECT_EQ(drawn, Draw(second, 1000));
  EXPECT_NE(drawn, Draw(other, 1000));
  EXPECT_GT(first.injected(FaultKind::kWait), 150u);
  EXPECT_LT(first.injected(FaultKind::kWait), 350u);
}

TEST(Faults, TheCountEndsThem) {
  Faults faults;
  ASSERT_TRUE(faults.Set("wait 1 2"));
  EXPECT_EQ(Draw(faults, 4), (std::vector<bool>{true, true, false, false}));
  ASSERT_TRUE(faults.Set("wait"));
  faults.Clear();
  EXPECT_EQ(Draw(faults, 2), (std::vector<bool>{false, false}));
}

TEST(Faults, UnplugHappensOnceUnlessTold) {
  Faults faults;
  ASSERT_TRUE(faults.Set("unplug"));
  EXPECT_TRUE(faults.Happens(FaultKind::kUnplug));
  EXPECT_FALSE(faults.Happens(FaultKind::kUnplug));
}

TEST(Faults, OnlySlowHasATime) {
  Faults faults;
  ASSERT_TRUE(faults.Set("slow=250:10"));
  EXPECT_EQ(faults.delay(), std::chrono::microseconds(250));
  EXPECT_FALSE(faults.Set("wait=250"));
  EXPECT_FALSE(faults.Set("slow=x"));
}

TEST(Faults, WhatIsNotUnderstoodIsRefused) {
  Faults faults;
  for (const char* const text : {"", "wat", "wait:x", "wait:-1", "wait::1", "wait:1:2:3"}) {
    EXPECT_FALSE(faults.Set(text)) << text;
  }
  EXPECT_FALSE(faults.Happens(FaultKind::kWait));
}

}  // namespace
}  // namespace test
