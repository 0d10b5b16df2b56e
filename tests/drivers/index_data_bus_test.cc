// The copy loops of memory-mapped ports, on ports that read as the same value for ever.
#include "drivers/index_data_bus.h"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

namespace drivers {
namespace {

using base::ByteSpan;

class IndexDataBusTest : public testing::Test {
 protected:
  MappedIndexDataBus MakeBus(IndexDataBus::Width width) {
    return {width, reinterpret_cast<uintptr_t>(&ports_[0]),
            reinterpret_cast<uintptr_t>(&ports_[1])};
  }

  alignas(4) std::array<uint16_t, 2> ports_{};
  alignas(4) std::array<std::byte, 96> memory_{};
};

TEST_F(IndexDataBusTest, WritesIndexThenData) {
  MappedIndexDataBus bus = MakeBus(IndexDataBus::Width::k16);
  bus.Write(0x2c, 0x19);
  EXPECT_EQ(ports_[0], 0x002c);
  EXPECT_EQ(ports_[1], 0x0019);
  ports_[1] = 0x5cfe;
  EXPECT_EQ(bus.Read(0xf0), 0xfe) << "a register is on the low lines";
  EXPECT_EQ(bus.ReadData(), 0x5cfe);
  EXPECT_EQ(ports_[0], 0x00f0);
}

TEST_F(IndexDataBusTest, NarrowAccessesLeaveTheUpperLinesAlone) {
  ports_ = {0xabab, 0xabab};
  MappedIndexDataBus bus = MakeBus(IndexDataBus::Width::k8);
  bus.Write(0x2c, 0x19);
  EXPECT_EQ(ports_[0], 0xab2c);
  EXPECT_EQ(ports_[1], 0xab19);
  EXPECT_EQ(bus.ReadData(), 0x0019);
}

// Every size and alignment that a frame can have: nothing behind the block is touched, and the sum
// is that of what was stored.
TEST_F(IndexDataBusTest, ReadsAndSumsHalfWords) {
  ports_[1] = 0xc3a5;
  MappedIndexDataBus bus = MakeBus(IndexDataBus::Width::k16);
  for (size_t offset = 0; offset < 4; offset += 2) {
    for (size_t unsummed = 0; unsummed <= 16; unsummed += 2) {
      for (size_t size = unsummed; size <= 80; size += 2) {
        memory_.fill(std::byte{0x77});
        const ByteSpan block = ByteSpan(memory_).subspan(offset, size);
        const base::Sum sum = bus.ReadBlock(block, unsummed);
        for (size_t i = 0; i < size; ++i) {
          ASSERT_EQ(block[i], i % 2 == 0 ? std::byte{0xa5} : std::byte{0xc3}) << i;
        }
        ASSERT_EQ(sum, base::SumBytes(block.subspan(unsummed)));
        ASSERT_EQ(memory_[offset + size], std::byte{0x77});
      }
    }
  }
}

TEST_F(IndexDataBusTest, ReadsAndSumsBytes) {
  ports_[1] = 0xc3a5;
  MappedIndexDataBus bus = MakeBus(IndexDataBus::Width::k8);
  const ByteSpan block = ByteSpan(memory_).subspan(1, 31);
  const base::Sum sum = bus.ReadBlock(block, 14);
  EXPECT_TRUE(std::ranges::all_of(block, [](std::byte b) { return b == std::byte{0xa5}; }));
  EXPECT_EQ(sum, base::SumBytes(block.subspan(14)));
  EXPECT_EQ(memory_[32], std::byte{0});
}

TEST_F(IndexDataBusTest, WritesBlocks) {
  memory_[2] = std::byte{0x34};
  memory_[3] = std::byte{0x12};
  MakeBus(IndexDataBus::Width::k16).WriteBlock(ByteSpan(memory_).first(4));
  EXPECT_EQ(ports_[1], 0x1234);
  MakeBus(IndexDataBus::Width::k8).WriteBlock(ByteSpan(memory_).first(3));
  EXPECT_EQ(ports_[1], 0x1234);
  MakeBus(IndexDataBus::Width::k8).WriteBlock(ByteSpan(memory_).first(4));
  EXPECT_EQ(ports_[1], 0x1212);
}

}  // namespace
}  // namespace drivers
