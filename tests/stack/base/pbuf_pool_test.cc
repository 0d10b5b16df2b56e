#include "stack/base/pbuf_pool.h"

#include <gtest/gtest.h>

#include "tests/support/bytes.h"
#include "tests/support/test_pools.h"

namespace test {
namespace {

using base::Holder;
using base::Pbuf;
using base::Status;

TEST(PbufPools, TheSmallestBufferThatFitsIsTaken) {
  PoolsStorage<1, 1, 1> storage;
  base::PbufPools& pools = storage.pools();
  auto small = pools.Allocate(56, 200, Holder::kStack);
  ASSERT_TRUE(small);
  EXPECT_EQ(pools.pools()[0]->stats().in_use, 1);
  auto large = pools.Allocate(56, 201, Holder::kStack);
  ASSERT_TRUE(large);
  EXPECT_EQ(pools.pools()[1]->stats().in_use, 1);
  EXPECT_EQ(large->headroom(), 56u);
  EXPECT_EQ(large->tailroom(), 1536u - 56);
}

TEST(PbufPools, AnEmptyPoolIsCountedAndALargerOneHelps) {
  PoolsStorage<1, 1, 1> storage;
  base::PbufPools& pools = storage.pools();
  auto first = pools.Allocate(0, 10, Holder::kStack);
  auto second = pools.Allocate(0, 10, Holder::kStack);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->tailroom(), 1536u);
  EXPECT_EQ(pools.Allocate(0, 10, Holder::kStack).error(), Status::kResourceExhausted);
  EXPECT_EQ(pools.pools()[0]->stats().exhausted, 2u);
  EXPECT_EQ(pools.pools()[1]->stats().exhausted, 1u);
  EXPECT_EQ(pools.Allocate(0, 1537, Holder::kStack).error(), Status::kInvalidArgument);
  first->Reset();
  EXPECT_TRUE(pools.Allocate(0, 10, Holder::kStack));
}

TEST(PbufPools, PeakAndTotalsAreKept) {
  PoolsStorage<4, 1, 1> storage;
  base::PbufPools& pools = storage.pools();
  for (int round = 0; round < 3; ++round) {
    auto one = pools.Allocate(0, 10, Holder::kStack);
    auto two = pools.Allocate(0, 10, Holder::kStack);
  }
  const base::PbufPoolStats& stats = pools.pools()[0]->stats();
  EXPECT_EQ(stats.in_use, 0);
  EXPECT_EQ(stats.in_use_peak, 2);
  EXPECT_EQ(stats.allocated, 6u);
  EXPECT_EQ(stats.count, 4);
  EXPECT_EQ(stats.buffer_size, 256);
}

TEST(PbufPools, WrapLooksAtMemoryOfOthers) {
  PoolsStorage<1, 1, 1> storage;
  const ByteVector flash = Pattern(300);
  auto packet = storage.pools().Wrap(flash, Holder::kApplication);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->data(), flash.data());
  EXPECT_EQ(packet->size(), 300u);
  EXPECT_EQ(packet->headroom(), 0u);
  EXPECT_EQ(packet->tailroom(), 0u);
  EXPECT_EQ(storage.pools().Wrap(flash, Holder::kApplication).error(), Status::kResourceExhausted);
  EXPECT_EQ(storage.pools().part_stats().exhausted, 1u);
  packet->Reset();
  EXPECT_EQ(storage.in_use(), 0u);
}

TEST(PbufPools, AllocateCopyTakesAsManyBuffersAsItNeeds) {
  PoolsStorage<8, 8, 1> storage;
  for (const size_t size : {0u, 1u, 216u, 217u, 1496u, 1497u, 3033u, 5000u}) {
    auto copy = storage.pools().AllocateCopy(40, Pattern(size), Holder::kApplication);
    ASSERT_TRUE(copy);
    EXPECT_EQ(copy->headroom(), 40u);
    EXPECT_EQ(copy->size(), size);
    ByteVector out(size);
    EXPECT_EQ(copy->CopyOut(0, out), size);
    EXPECT_EQ(out, Pattern(size));
    EXPECT_TRUE(copy->has_sum());
    EXPECT_EQ(base::PacketSum(*copy), base::SumBytes(out));
    copy->Reset();
    EXPECT_EQ(storage.in_use(), 0u);
  }
}

TEST(PbufPools, AllocateCopyThatDoesNotFitLeavesNothingBehind) {
  PoolsStorage<1, 2, 1> storage;
  EXPECT_EQ(storage.pools().AllocateCopy(40, Pattern(5000), Holder::kStack).error(),
            Status::kResourceExhausted);
  EXPECT_EQ(storage.in_use(), 0u);
  EXPECT_EQ(storage.pools().AllocateCopy(1536, Pattern(1), Holder::kStack).error(),
            Status::kInvalidArgument);
}

TEST(PbufPools, AllocateFrontGoesBeforeAPacket) {
  PoolsStorage<2, 1, 1> storage;
  auto packet = storage.pools().AllocateCopy(0, ToBytes("body"), Holder::kApplication);
  auto whole = storage.pools().AllocateFront(50, std::move(*packet));
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->headroom(), 50u);
  EXPECT_EQ(whole->size(), 4u);
  EXPECT_EQ(whole->bytes().size(), 0u);
  whole->Reset();
  auto other = storage.pools().AllocateCopy(0, ToBytes("body"), Holder::kApplication);
  storage.pools().FailAllocation(1);
  EXPECT_FALSE(storage.pools().AllocateFront(50, std::move(*other)));
  EXPECT_EQ(storage.in_use(), 0u);
}

TEST(PbufPools, TheNthAllocationFailsOnRequest) {
  PoolsStorage<8, 1, 8> storage;
  base::PbufPools& pools = storage.pools();
  pools.FailAllocation(2);
  EXPECT_TRUE(pools.Allocate(0, 10, Holder::kStack));
  EXPECT_EQ(pools.Allocate(0, 10, Holder::kStack).error(), Status::kResourceExhausted);
  EXPECT_TRUE(pools.Allocate(0, 10, Holder::kStack));
  auto packet = pools.Allocate(0, 10, Holder::kStack);
  pools.FailAllocation(1);
  EXPECT_FALSE(packet->Share(Holder::kStack));  // parts count as well
  EXPECT_TRUE(packet->Share(Holder::kStack));
}

}  // namespace
}  // namespace test
