#include "stack/base/pbuf.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "stack/base/pbuf_pool.h"
#include "tests/support/bytes.h"
#include "tests/support/test_pools.h"

namespace test {
namespace {

using base::Holder;
using base::Pbuf;
using base::Status;

ByteVector BytesOf(const Pbuf& packet) {
  ByteVector bytes;
  packet.ForEachPart([&](base::ConstByteSpan part) { AppendTo(bytes, part); });
  return bytes;
}

class PbufTest : public testing::Test {
 protected:
  Pbuf Make(base::ConstByteSpan bytes, size_t headroom = 40) {
    auto packet = pools().Allocate(headroom, bytes.size(), Holder::kStack);
    EXPECT_TRUE(packet);
    std::ranges::copy(bytes, packet->Append(bytes.size()).begin());
    return std::move(*packet);
  }
  // One part for each element.
  Pbuf MakeChain(const std::vector<ByteVector>& parts) {
    Pbuf chain = Make(parts.at(0));
    for (size_t i = 1; i < parts.size(); ++i) {
      chain.Chain(Make(parts[i]));
    }
    return chain;
  }
  base::PbufPools& pools() { return storage.pools(); }

  PoolsStorage<8, 8, 16> storage;
};

TEST_F(PbufTest, GrowsAtBothEnds) {
  Pbuf packet = Make(ToBytes("cd"));
  EXPECT_EQ(packet.headroom(), 40u);
  EXPECT_EQ(packet.tailroom(), 256u - 40 - 2);
  std::ranges::copy(ToBytes("ab"), packet.Prepend(2).begin());
  std::ranges::copy(ToBytes("ef"), packet.Append(2).begin());
  EXPECT_EQ(BytesOf(packet), ToBytes("abcdef"));
  EXPECT_EQ(packet.headroom(), 38u);
  packet.TrimFront(1);
  packet.TrimBack(2);
  EXPECT_EQ(BytesOf(packet), ToBytes("bcd"));
  EXPECT_EQ(packet.size(), 3u);
}

TEST_F(PbufTest, GivesItsBufferBack) {
  {
    const Pbuf packet = Make(ToBytes("x"));
    EXPECT_EQ(storage.in_use(), 1u);
  }
  EXPECT_EQ(storage.in_use(), 0u);
  Pbuf one = Make(ToBytes("x"));
  one = Make(ToBytes("y"));
  EXPECT_EQ(storage.in_use(), 1u);
  const Pbuf other = std::move(one);
  EXPECT_FALSE(one);  // NOLINT: moved from is empty
  EXPECT_EQ(BytesOf(other), ToBytes("y"));
  EXPECT_EQ(storage.in_use(), 1u);
}

TEST_F(PbufTest, TrimmingLetsEmptyPartsGo) {
  Pbuf packet = MakeChain({ToBytes("ab"), ToBytes("cd"), ToBytes("ef")});
  EXPECT_EQ(storage.in_use(), 3u);
  packet.TrimFront(2);
  EXPECT_EQ(storage.in_use(), 2u);
  EXPECT_EQ(BytesOf(packet), ToBytes("cdef"));
  packet.TrimBack(3);
  EXPECT_EQ(storage.in_use(), 1u);
  EXPECT_EQ(BytesOf(packet), ToBytes("c"));
  packet.TrimFront(1);
  EXPECT_EQ(packet.size(), 0u);
  EXPECT_TRUE(packet);
  EXPECT_EQ(storage.in_use(), 1u);
}

TEST_F(PbufTest, SharesAreViewsOfTheirOwn) {
  Pbuf packet = Make(ToBytes("abcdef"));
  EXPECT_FALSE(packet.is_shared());
  auto share = packet.Share(Holder::kTcpUnacked);
  ASSERT_TRUE(share);
  EXPECT_TRUE(packet.is_shared());
  EXPECT_EQ(share->data(), packet.data());
  share->TrimFront(2);
  packet.TrimBack(2);
  EXPECT_EQ(BytesOf(packet), ToBytes("abcd"));
  EXPECT_EQ(BytesOf(*share), ToBytes("cdef"));
  packet.Reset();
  EXPECT_EQ(BytesOf(*share), ToBytes("cdef"));  // the last holder keeps the buffer
  EXPECT_FALSE(share->is_shared());
  share->Reset();
  EXPECT_EQ(storage.in_use(), 0u);
}

TEST_F(PbufTest, SharingAChainWithoutEnoughPartsLeavesNothingBehind) {
  PoolsStorage<8, 8, 2> few;
  auto first = few.pools().Allocate(0, 10, Holder::kStack);
  for (int i = 0; i < 2; ++i) {
    auto next = few.pools().Allocate(0, 10, Holder::kStack);
    next->Append(1);
    first->Chain(std::move(*next));
  }
  EXPECT_EQ(first->Share(Holder::kStack).error(), Status::kResourceExhausted);
  EXPECT_EQ(few.pools().part_stats().in_use, 0u);
  EXPECT_FALSE(first->is_shared());
  first->Reset();
  EXPECT_EQ(few.in_use(), 0u);
}

TEST_F(PbufTest, HoldersAreCounted) {
  const base::PbufPoolStats& stats = pools().pools()[0]->stats();
  const auto held = [&](Holder holder) { return stats.held[static_cast<size_t>(holder)]; };
  Pbuf packet = Make(ToBytes("x"));
  EXPECT_EQ(held(Holder::kStack), 1);
  packet.set_holder(Holder::kArpWait);
  EXPECT_EQ(held(Holder::kStack), 0);
  EXPECT_EQ(held(Holder::kArpWait), 1);
  auto share = packet.Share(Holder::kDriverTransmit);
  EXPECT_EQ(held(Holder::kArpWait), 1);
  EXPECT_EQ(held(Holder::kDriverTransmit), 1);
  packet.Reset();
  share->Reset();
  EXPECT_EQ(stats.held, (std::array<uint16_t, base::kHolderCount>{}));
}

TEST_F(PbufTest, CopiesOutAcrossParts) {
  const Pbuf packet = MakeChain({ToBytes("ab"), ToBytes("cde"), ToBytes("f")});
  ByteVector out(3);
  EXPECT_EQ(packet.CopyOut(1, out), 3u);
  EXPECT_EQ(out, ToBytes("bcd"));
  EXPECT_EQ(packet.CopyOut(5, out), 1u);
  EXPECT_EQ(packet.CopyOut(6, out), 0u);
}

TEST_F(PbufTest, ChangesForgetTheSum) {
  Pbuf packet = Make(ToBytes("abcd"));
  const auto forgets = [&](auto change) {
    packet.set_sum(1);
    change();
    return !packet.has_sum();
  };
  EXPECT_TRUE(forgets([&] { packet.Append(2); }));
  EXPECT_TRUE(forgets([&] { packet.Prepend(2); }));
  EXPECT_TRUE(forgets([&] { packet.TrimFront(2); }));
  EXPECT_TRUE(forgets([&] { packet.TrimBack(2); }));
}

TEST_F(PbufTest, StrippingKeepsTheSumRight) {
  EXPECT_TRUE(rc::check("strip", [this] {
    const auto bytes = *rc::gen::container<std::vector<uint8_t>>(*rc::gen::inRange<size_t>(20, 60),
                                                                 rc::gen::arbitrary<uint8_t>());
    Pbuf packet = Make(std::as_bytes(std::span(bytes)));
    packet.set_sum(base::SumBytes(packet.bytes()));
    const size_t front = 2 * *rc::gen::inRange<size_t>(0, 5);
    const size_t back = *rc::gen::inRange<size_t>(0, 9);
    packet.StripFront(front, base::SumBytes(packet.bytes().first(front)));
    packet.StripBack(back);
    RC_ASSERT(packet.size() == bytes.size() - front - back);
    RC_ASSERT(packet.has_sum());
    // Ones' complement has two zeros.
    RC_ASSERT(packet.sum() % 0xffff == base::SumBytes(packet.bytes()) % 0xffff);
  }));
}

TEST_F(PbufTest, PacketSumJoinsPartsOfAnyLength) {
  EXPECT_TRUE(rc::check("the sum of a chain is that of its bytes", [] {
    PoolsStorage<8, 8, 16> own;
    Pbuf chain;
    ByteVector whole;
    const size_t parts = *rc::gen::inRange<size_t>(1, 6);
    for (size_t i = 0; i < parts; ++i) {
      const auto bytes = *rc::gen::container<std::vector<uint8_t>>(*rc::gen::inRange<size_t>(0, 20),
                                                                   rc::gen::arbitrary<uint8_t>());
      auto part = own.pools().Allocate(0, bytes.size(), Holder::kStack);
      std::ranges::copy(std::as_bytes(std::span(bytes)), part->Append(bytes.size()).begin());
      AppendTo(whole, part->bytes());
      if (*rc::gen::arbitrary<bool>()) {
        part->set_sum(base::SumBytes(part->bytes()));
      }
      if (chain) {
        chain.Chain(std::move(*part));
      } else {
        chain = std::move(*part);
      }
    }
    RC_ASSERT(base::PacketSum(chain) == base::SumBytes(whole));
  }));
}

TEST_F(PbufTest, AnySequenceOfTrimsCutsTheSameBytes) {
  EXPECT_TRUE(rc::check("trims", [] {
    PoolsStorage<8, 8, 16> own;
    ByteVector model;
    Pbuf packet;
    for (int i = 0; i < 4; ++i) {
      const auto bytes = *rc::gen::container<std::vector<uint8_t>>(*rc::gen::inRange<size_t>(1, 9),
                                                                   rc::gen::arbitrary<uint8_t>());
      auto part = own.pools().AllocateCopy(0, std::as_bytes(std::span(bytes)), Holder::kStack);
      AppendTo(model, part->bytes());
      if (packet) {
        packet.Chain(std::move(*part));
      } else {
        packet = std::move(*part);
      }
    }
    for (int i = 0; i < 6; ++i) {
      const size_t count = *rc::gen::inRange<size_t>(0, model.size() + 1);
      const bool front = *rc::gen::arbitrary<bool>();
      front ? packet.TrimFront(count) : packet.TrimBack(count);
      const auto from =
          model.begin() + static_cast<std::ptrdiff_t>(front ? 0 : model.size() - count);
      model.erase(from, from + static_cast<std::ptrdiff_t>(count));
      RC_ASSERT(BytesOf(packet) == model);
      RC_ASSERT(packet.size() == model.size());
      RC_ASSERT(base::PacketSum(packet) == base::SumBytes(model));
    }
    packet.Reset();
    RC_ASSERT(own.in_use() == 0u);
  }));
}

TEST_F(PbufTest, QueuesKeepOrder) {
  base::PbufQueue queue;
  EXPECT_FALSE(queue.PopFront());
  queue.PushBack(Make(ToBytes("b")));
  queue.PushBack(Make(ToBytes("c")));
  queue.PushFront(Make(ToBytes("a")));
  queue.InsertAfter(queue.back(), Make(ToBytes("e")));
  queue.InsertAfter(queue.front()->next_packet->next_packet, Make(ToBytes("d")));
  EXPECT_EQ(queue.count(), 5u);
  EXPECT_EQ(BytesOf(queue.RemoveAfter(queue.front())), ToBytes("b"));
  for (const char* text : {"a", "c", "d", "e"}) {
    EXPECT_EQ(BytesOf(queue.PopFront()), ToBytes(text));
  }
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.back(), nullptr);
  queue.PushBack(Make(ToBytes("f")));
  queue.Clear();
  EXPECT_EQ(storage.in_use(), 0u);
}

TEST_F(PbufTest, AQueueLetsGoOfWhatItHolds) {
  {
    base::PbufQueue queue;
    queue.PushBack(MakeChain({ToBytes("a"), ToBytes("b")}));
  }
  EXPECT_EQ(storage.in_use(), 0u);
}

}  // namespace
}  // namespace test
