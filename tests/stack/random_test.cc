#include "stack/random.h"

#include <cmath>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/bytes.h"

namespace test {
namespace {

using stack::Random;

TEST(Random, SeedsChangeEverythingAndAddUp) {
  Random unseeded;
  Random once;
  Random other;
  Random twice;
  once.Seed(ToBytes("entropy"));
  other.Seed(ToBytes("entropz"));
  twice.Seed(ToBytes("entropy"));
  twice.Seed(ToBytes("more"));
  const ByteVector input = ToBytes("input");
  const std::set<uint64_t> values{unseeded.Hash(input), once.Hash(input), other.Hash(input),
                                  twice.Hash(input)};
  EXPECT_EQ(values.size(), 4u);
  Random same;
  same.Seed(ToBytes("entropy"));
  EXPECT_EQ(same.Hash(input), once.Hash(input));
}

TEST(Random, HashDependsOnEveryBit) {
  Random random;
  random.Seed(ToBytes("entropy"));
  for (size_t size = 1; size < 20; ++size) {
    ByteVector input = Pattern(size);
    const uint64_t value = random.Hash(input);
    for (size_t bit = 0; bit < 8 * size; ++bit) {
      input[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
      EXPECT_NE(random.Hash(input), value);
      input[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
    }
    input.push_back(std::byte{0});
    EXPECT_NE(random.Hash(input), value);
  }
}

TEST(Random, SixteenBitsAreEvenlySpread) {
  Random random;
  random.Seed(ToBytes("entropy"));
  constexpr int kSamples = 1 << 18;
  std::vector<int> bins(256);
  for (int i = 0; i < kSamples; ++i) {
    ++bins[random.Next16() >> 8];
  }
  double chi_square = 0;
  constexpr double kExpected = kSamples / 256.0;
  for (const int count : bins) {
    chi_square += (count - kExpected) * (count - kExpected) / kExpected;
  }
  // 255 degrees of freedom: 99.99 % of good generators are below 347.
  EXPECT_LT(chi_square, 347.0);
  EXPECT_GT(chi_square, 180.0);
}

TEST(Random, BelowStaysBelowAndReachesAll) {
  Random random;
  std::set<uint32_t> seen;
  for (int i = 0; i < 1000; ++i) {
    const uint32_t value = random.Below(7);
    EXPECT_LT(value, 7u);
    seen.insert(value);
  }
  EXPECT_EQ(seen.size(), 7u);
  EXPECT_EQ(random.Below(1), 0u);
}

TEST(Random, DoesNotRepeat) {
  Random random;
  std::set<uint32_t> seen;
  for (int i = 0; i < 10'000; ++i) {
    seen.insert(random.Next32());
  }
  EXPECT_GT(seen.size(), 9'990u);
}

}  // namespace
}  // namespace test
