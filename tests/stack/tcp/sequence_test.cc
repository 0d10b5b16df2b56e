#include "stack/tcp/sequence.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace test {
namespace {

using stack::IsWithin;
using stack::Later;
using stack::Sequence;

TEST(Sequence, OrderGoesRoundTheCircle) {
  EXPECT_LT(Sequence(0xffffffff), Sequence(0));
  EXPECT_LT(Sequence(0x7fffffff), Sequence(0x80000000));
  EXPECT_GT(Sequence(5), Sequence(0xfffffff0));
  EXPECT_LE(Sequence(5), Sequence(5));
  EXPECT_GE(Sequence(5), Sequence(5));
  EXPECT_FALSE(Sequence(5) < Sequence(5));
  EXPECT_EQ(Later(Sequence(0xffffffff), Sequence(3)), Sequence(3));
}

TEST(Sequence, WithinIsHalfOpen) {
  EXPECT_TRUE(IsWithin(Sequence(0xfffffffe), Sequence(0xfffffffe), 4));
  EXPECT_TRUE(IsWithin(Sequence(1), Sequence(0xfffffffe), 4));
  EXPECT_FALSE(IsWithin(Sequence(2), Sequence(0xfffffffe), 4));
  EXPECT_FALSE(IsWithin(Sequence(0xfffffffd), Sequence(0xfffffffe), 4));
  EXPECT_FALSE(IsWithin(Sequence(7), Sequence(7), 0));
}

RC_GTEST_PROP(SequenceProperty, EveryStartBehavesAlike, (uint32_t start, uint16_t ahead)) {
  const Sequence a(start);
  const Sequence b = a + ahead;
  RC_ASSERT(b - a == ahead);
  RC_ASSERT((a < b) == (ahead != 0));
  RC_ASSERT(a <= b);
  RC_ASSERT(Later(a, b) == b);
  RC_ASSERT(b - uint32_t{ahead} == a);
}

}  // namespace
}  // namespace test
