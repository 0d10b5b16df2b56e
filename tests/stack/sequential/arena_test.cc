#include "stack/sequential/arena.h"

#include <cstring>

#include "gtest/gtest.h"

namespace stack {
namespace {

constexpr size_t kHeader = FrameArena::kAlignment;  // one header on every target of ours

TEST(FrameArena, GivesAlignedMemoryThatDoesNotOverlap) {
  FrameArenaStorage<1024> storage;
  void* const first = storage.arena().Allocate(100);
  void* const second = storage.arena().Allocate(1);
  ASSERT_NE(first, nullptr);
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(first) % FrameArena::kAlignment, 0u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(second) % FrameArena::kAlignment, 0u);
  EXPECT_GE(static_cast<std::byte*>(second) - static_cast<std::byte*>(first), 100);
  std::memset(first, 0xff, 100);  // must not touch the neighbour's header
  FrameArena::Free(second);
  FrameArena::Free(first);
}

TEST(FrameArena, CountsUseAndPeakAndLargest) {
  FrameArenaStorage<1024> storage;
  FrameArena& arena = storage.arena();
  EXPECT_EQ(arena.stats().capacity, 1024u);
  void* const first = arena.Allocate(96);
  void* const second = arena.Allocate(32);
  EXPECT_EQ(arena.stats().in_use, 96 + 32 + 2 * kHeader);
  FrameArena::Free(first);
  FrameArena::Free(second);
  EXPECT_EQ(arena.stats().in_use, 0u);
  EXPECT_EQ(arena.stats().in_use_peak, 96 + 32 + 2 * kHeader);
  EXPECT_EQ(arena.stats().allocated, 2u);
  EXPECT_EQ(arena.stats().largest_frame, 96u);
  EXPECT_EQ(arena.stats().exhausted, 0u);
}

TEST(FrameArena, RefusesAndCountsWhatDoesNotFit) {
  FrameArenaStorage<256> storage;
  FrameArena& arena = storage.arena();
  EXPECT_EQ(arena.Allocate(256), nullptr);  // no room for its header
  EXPECT_EQ(arena.Allocate(SIZE_MAX), nullptr);
  void* const all = arena.Allocate(256 - kHeader);
  ASSERT_NE(all, nullptr);
  EXPECT_EQ(arena.Allocate(1), nullptr);
  EXPECT_EQ(arena.stats().exhausted, 3u);
  FrameArena::Free(all);
}

TEST(FrameArena, TakesTheRestWithAHoleTooSmallForAnother) {
  FrameArenaStorage<256> storage;
  FrameArena& arena = storage.arena();
  void* const nearly_all = arena.Allocate(256 - 2 * kHeader);
  EXPECT_EQ(arena.stats().in_use, 256u);
  FrameArena::Free(nearly_all);
  EXPECT_EQ(arena.stats().in_use, 0u);
}

// Frees three neighbours in the order given and then asks for everything at once.
void ExpectHolesJoin(std::array<size_t, 3> order) {
  FrameArenaStorage<768> storage;
  std::array<void*, 3> blocks;
  for (void*& block : blocks) {
    block = storage.arena().Allocate(256 - kHeader);
  }
  for (const size_t index : order) {
    FrameArena::Free(blocks[index]);
  }
  void* const all = storage.arena().Allocate(768 - kHeader);
  ASSERT_NE(all, nullptr);
  FrameArena::Free(all);
}

TEST(FrameArena, HolesJoinWithBothNeighbours) {
  ExpectHolesJoin({0, 1, 2});
  ExpectHolesJoin({2, 1, 0});
  ExpectHolesJoin({0, 2, 1});
  ExpectHolesJoin({1, 0, 2});
}

TEST(FrameArena, ReusesTheFirstHoleThatIsLargeEnough) {
  FrameArenaStorage<1024> storage;
  FrameArena& arena = storage.arena();
  void* const small = arena.Allocate(32);
  void* const wall = arena.Allocate(32);
  void* const large = arena.Allocate(256);
  void* const end = arena.Allocate(32);
  FrameArena::Free(small);
  FrameArena::Free(large);
  void* const again = arena.Allocate(200);
  EXPECT_EQ(again, large);
  for (void* const block : {wall, end, again}) {
    FrameArena::Free(block);
  }
}

TEST(FrameArena, OfNoMemoryRefusesEverything) {
  FrameArena arena{base::ByteSpan{}};
  EXPECT_EQ(arena.Allocate(1), nullptr);
  EXPECT_EQ(arena.stats().exhausted, 1u);
}

}  // namespace
}  // namespace stack
