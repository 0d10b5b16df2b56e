// The queues between application and wire, and the packets kept behind a gap.
#include <map>
#include <optional>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "stack/tcp/reassembly.h"
#include "stack/tcp/receive_queue.h"
#include "stack/tcp/send_queue.h"
#include "tests/support/bytes.h"
#include "tests/support/test_pools.h"

namespace test {
namespace {

using base::Holder;
using stack::Reassembly;
using stack::ReceiveQueue;
using stack::SendQueue;
using stack::Sequence;

// As a driver delivers it: headers in front.
base::Pbuf Received(TestPools& pools, base::ConstByteSpan bytes, size_t headroom = 56) {
  auto packet = pools.pools().Allocate(headroom, 1460, Holder::kStack);
  std::ranges::copy(bytes, packet->Append(bytes.size()).begin());
  packet->clear_sum();
  return std::move(*packet);
}

ByteVector Content(const base::Pbuf& packet) {
  ByteVector bytes;
  packet.ForEachPart([&](base::ConstByteSpan part) { AppendTo(bytes, part); });
  return bytes;
}

TEST(SendQueue, CopiesIntoPartsOfOneSegment) {
  TestPools pools;
  SendQueue queue;
  const ByteVector data = Pattern(3000);
  EXPECT_EQ(queue.Append(pools.pools(), data, 1460), 3000u);
  EXPECT_EQ(queue.part_count(), 3u);
  auto piece = queue.Slice(1460, 1460);
  ASSERT_TRUE(piece);
  EXPECT_EQ(Content(piece->bytes), ByteVector(data.begin() + 1460, data.begin() + 2920));
  EXPECT_TRUE(piece->owns_headroom);
  EXPECT_FALSE(piece->bytes.is_chain());
}

TEST(SendQueue, SmallWritesShareAPart) {
  TestPools pools;
  SendQueue queue;
  for (int i = 0; i < 10; ++i) {
    queue.Append(pools.pools(), Pattern(13), 1460);
  }
  EXPECT_EQ(queue.size(), 130u);
  EXPECT_LE(queue.part_count(), 2u);
}

TEST(SendQueue, SentPartIsNotFilledUp) {
  TestPools pools;
  SendQueue queue;
  queue.Append(pools.pools(), Pattern(10), 1460);
  ASSERT_TRUE(queue.Slice(0, 10));
  queue.Append(pools.pools(), Pattern(10), 1460);
  EXPECT_EQ(queue.part_count(), 2u);
}

// The transmit ring still holds the first transmission: its headers are not ours to write.
TEST(SendQueue, SharedBufferKeepsItsHeadroom) {
  TestPools pools;
  SendQueue queue;
  queue.Append(pools.pools(), Pattern(100), 1460);
  auto first = queue.Slice(0, 100);
  auto again = queue.Slice(0, 100);
  EXPECT_TRUE(first->owns_headroom);
  EXPECT_FALSE(again->owns_headroom);
}

TEST(SendQueue, MiddleOfAPartOwnsNoHeadroom) {
  TestPools pools;
  SendQueue queue;
  queue.Append(pools.pools(), Pattern(100), 1460);
  EXPECT_FALSE(queue.Slice(50, 50)->owns_headroom);
}

TEST(SendQueue, ZeroCopyStaysWhereItIs) {
  TestPools pools;
  SendQueue queue;
  const ByteVector flash = Pattern(5000);
  queue.Append(*pools.pools().Wrap(flash, Holder::kApplication));
  auto piece = queue.Slice(1460, 1460);
  EXPECT_EQ(piece->bytes.data(), flash.data() + 1460);
  EXPECT_FALSE(piece->owns_headroom);
  EXPECT_EQ(base::PacketSum(piece->bytes),
            base::SumBytes(base::ConstByteSpan(flash).subspan(1460, 1460)));
}

TEST(SendQueue, FailedShareChangesNothing) {
  TestPools pools;
  SendQueue queue;
  queue.Append(pools.pools(), Pattern(100), 1460);
  pools.pools().FailAllocation(1);
  EXPECT_EQ(queue.Slice(0, 100).error(), base::Status::kResourceExhausted);
  EXPECT_EQ(Content(queue.Slice(0, 100)->bytes), Pattern(100));
}

TEST(SendQueue, AppendTakesWhatBuffersLast) {
  TestPools pools;
  SendQueue queue;
  pools.pools().FailAllocation(2);
  EXPECT_EQ(queue.Append(pools.pools(), Pattern(3000), 1460), 1460u);
  EXPECT_EQ(queue.size(), 1460u);
}

// Against a plain string: any mixture of appending, acknowledging and slicing.
RC_GTEST_PROP(SendQueueProperty, IsAStringWithSums, ()) {
  static TestPools pools;
  SendQueue queue;
  ByteVector model;
  uint8_t next = 0;
  const auto steps = *rc::gen::container<std::vector<std::pair<uint8_t, uint16_t>>>(
      rc::gen::pair(rc::gen::inRange<uint8_t>(0, 4), rc::gen::inRange<uint16_t>(0, 700)));
  for (const auto& [action, amount] : steps) {
    if (action <= 1 && model.size() < 20'000) {
      ByteVector data(amount);
      for (std::byte& byte : data) {
        byte = static_cast<std::byte>(next = static_cast<uint8_t>(next * 5 + 77));
      }
      if (action == 0) {
        RC_ASSERT(queue.Append(pools.pools(), data, 536) == data.size());
      } else if (!data.empty()) {
        queue.Append(Received(pools, data));
      }
      AppendTo(model, data);
    } else if (action == 2 && !model.empty()) {
      const size_t count = amount % (model.size() + 1);
      queue.Acknowledge(count);
      model.erase(model.begin(), model.begin() + static_cast<std::ptrdiff_t>(count));
    } else if (!model.empty()) {
      const size_t offset = (amount * 31u) % model.size();
      const size_t size = std::min<size_t>(1 + amount % 536, model.size() - offset);
      auto piece = queue.Slice(offset, size);
      RC_ASSERT(piece.has_value());
      const base::ConstByteSpan expected = base::ConstByteSpan(model).subspan(offset, size);
      RC_ASSERT(Content(piece->bytes) == ToVector(expected));
      RC_ASSERT(base::PacketSum(piece->bytes) == base::SumBytes(expected));
    }
    RC_ASSERT(queue.size() == model.size());
  }
  queue.Clear();
  RC_ASSERT(pools.in_use() == 0u);
}

TEST(ReceiveQueue, HandsOutWhatCameIn) {
  TestPools pools;
  ReceiveQueue queue;
  queue.Push(Received(pools, Pattern(1000)));
  queue.Push(Received(pools, Pattern(900)));
  EXPECT_EQ(queue.size(), 1900u);
  EXPECT_EQ(Content(queue.Pop()), Pattern(1000));
  EXPECT_EQ(Content(queue.Pop()), Pattern(900));
  EXPECT_FALSE(queue.Pop());
  EXPECT_EQ(queue.size(), 0u);
}

TEST(ReceiveQueue, ReadsAcrossPackets) {
  TestPools pools;
  ReceiveQueue queue;
  queue.Push(Received(pools, Pattern(300)));
  queue.Push(Received(pools, Pattern(1000)));
  ByteVector out(400);
  EXPECT_EQ(queue.Read(out), 400u);
  EXPECT_EQ(queue.size(), 900u);
  EXPECT_EQ(out[299], std::byte{299 & 0xff});
  EXPECT_EQ(out[300], std::byte{0});
  EXPECT_EQ(out[399], std::byte{99});
}

// One-byte segments must not hold a buffer each.
TEST(ReceiveQueue, SmallSegmentsShareABuffer) {
  TestPools pools;
  ReceiveQueue queue;
  ByteVector expected;
  for (int i = 0; i < 1000; ++i) {
    queue.Push(Received(pools, Pattern(1)));
    AppendTo(expected, Pattern(1));
  }
  EXPECT_EQ(queue.packet_count(), 1u);
  ByteVector out(2000);
  EXPECT_EQ(queue.Read(out), 1000u);
}

TEST(ReceiveQueue, BuffersAreHalfFullWhenNobodyReads) {
  TestPools pools;
  ReceiveQueue queue;
  for (int i = 0; i < 60; ++i) {
    queue.Push(Received(pools, Pattern(500)));
  }
  EXPECT_LE(queue.packet_count(), 4u + 60u / 2);
}

TEST(ReceiveQueue, SharedTailIsLeftAlone) {
  TestPools pools;
  ReceiveQueue queue;
  base::Pbuf first = Received(pools, Pattern(10));
  base::Pbuf observer = std::move(*first.Share(Holder::kApplication));
  queue.Push(std::move(first));
  queue.Push(Received(pools, Pattern(10)));
  EXPECT_EQ(queue.packet_count(), 2u);
}

TEST(Reassembly, KeepsInOrderWhateverTheOrderOfArrival) {
  TestPools pools;
  Reassembly reassembly;
  EXPECT_TRUE(reassembly.Insert(Sequence(3000), Received(pools, Pattern(1000)), 8));
  EXPECT_TRUE(reassembly.Insert(Sequence(1000), Received(pools, Pattern(1000)), 8));
  EXPECT_TRUE(reassembly.Insert(Sequence(2000), Received(pools, Pattern(1000)), 8));
  for (const uint32_t start : {1000u, 2000u, 3000u}) {
    EXPECT_EQ(reassembly.front_start(), Sequence(start));
    EXPECT_EQ(reassembly.PopFront().size(), 1000u);
  }
  EXPECT_TRUE(reassembly.empty());
}

TEST(Reassembly, LimitIsKept) {
  TestPools pools;
  Reassembly reassembly;
  EXPECT_TRUE(reassembly.Insert(Sequence(1000), Received(pools, Pattern(500)), 2));
  EXPECT_TRUE(reassembly.Insert(Sequence(3000), Received(pools, Pattern(500)), 2));
  EXPECT_FALSE(reassembly.Insert(Sequence(5000), Received(pools, Pattern(500)), 2));
  EXPECT_TRUE(reassembly.Insert(Sequence(1000), Received(pools, Pattern(500)), 2));
  EXPECT_EQ(reassembly.size(), 1000u);
}

// CVE-2018-5390: a flood of one-byte segments behind a gap.
TEST(Reassembly, AdjacentSmallSegmentsShareABuffer) {
  TestPools pools;
  Reassembly reassembly;
  for (uint32_t i = 0; i < 500; ++i) {
    EXPECT_TRUE(reassembly.Insert(Sequence(7 + i), Received(pools, Pattern(1)), 4));
  }
  EXPECT_EQ(reassembly.packet_count(), 1u);
  EXPECT_EQ(reassembly.size(), 500u);
}

TEST(Reassembly, NoHeadroomNoPlaceForTheNote) {
  TestPools pools;
  Reassembly reassembly;
  EXPECT_FALSE(reassembly.Insert(Sequence(7), Received(pools, Pattern(100), 3), 4));
  EXPECT_EQ(pools.in_use(), 0u);
}

// Against a map of bytes: the first that arrived stays, nothing is ever made up.
RC_GTEST_PROP(ReassemblyProperty, FirstReceivedWins, (uint32_t base_number)) {
  static TestPools pools;
  Reassembly reassembly;
  std::map<uint32_t, std::byte> model;  // by offset
  const auto inserts = *rc::gen::container<std::vector<std::pair<uint16_t, uint16_t>>>(
      rc::gen::pair(rc::gen::inRange<uint16_t>(0, 6000), rc::gen::inRange<uint16_t>(1, 800)));
  uint8_t fill = 0;
  for (const auto& [offset, size] : inserts) {
    const ByteVector data(size, static_cast<std::byte>(++fill));
    if (reassembly.Insert(Sequence(base_number + offset), Received(pools, data), 100)) {
      uint32_t i = offset;
      for (; i < uint32_t{offset} + size && model.contains(i); ++i) {
      }
      for (; i < uint32_t{offset} + size && !model.contains(i); ++i) {
        model[i] = data[0];  // up to the next that is there; the rest has to come again
      }
    }
  }
  std::optional<uint32_t> last;
  size_t kept = 0;
  while (!reassembly.empty()) {
    const uint32_t offset = reassembly.front_start() - Sequence(base_number);
    RC_ASSERT(!last || offset >= *last);
    const ByteVector bytes = Content(reassembly.PopFront());
    for (uint32_t i = 0; i < bytes.size(); ++i) {
      RC_ASSERT(model.contains(offset + i));
      RC_ASSERT(model[offset + i] == bytes[i]);
    }
    last = offset + static_cast<uint32_t>(bytes.size());
    kept += bytes.size();
  }
  RC_ASSERT(kept == model.size());
  RC_ASSERT(pools.in_use() == 0u);
}

}  // namespace
}  // namespace test
