// Rules of RM0090 chapter 10 that the virtual DMA enforces.
#include "tests/support/vboard/stm32f4/dma.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/vboard/sleeping_board.h"

namespace test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr uint32_t kMemory = 0x2000'0000;
constexpr uint32_t kPort = 0x4001'300c;
constexpr uint32_t kNowhere = 0x1000'0000;
constexpr uint32_t kStream1 = 0x28;  // its CR
constexpr uint32_t kItems = 4;
constexpr uint32_t kPeripheral = 8;
constexpr uint32_t kMemory0 = 12;
constexpr uint32_t kFifo = 20;
constexpr uint32_t kEnable = 1;
constexpr uint32_t kToPeripheral = 0x40;
constexpr uint32_t kMemoryIncrement = 0x400;
constexpr uint32_t kChannel2 = 2u << 25;
// Flags of stream 1 in LISR.
constexpr uint32_t kComplete = 1u << 11;
constexpr uint32_t kHalf = 1u << 10;
constexpr uint32_t kError = 1u << 9;

// Memory, and a port that counts up from 0x11 and keeps what is written.
class DmaTest : public testing::Test, private DmaBus {
 protected:
  DmaTest() {
    dma_.Connect(1, 2, [this] { return requests_ > 0; });
    dma_.Reset();
    for (uint32_t i = 0; i < 64; ++i) {
      memory_[kMemory + i] = static_cast<uint8_t>(i);
    }
  }

  void Prepare(uint32_t items, uint32_t memory = kMemory) {
    dma_.Write(kStream1 + kItems, items);
    dma_.Write(kStream1 + kPeripheral, kPort);
    dma_.Write(kStream1 + kMemory0, memory);
  }
  void Start(uint32_t control) { dma_.Write(kStream1, kChannel2 | control | kEnable); }
  void Request(int count) {
    requests_ = count;
    dma_.Advance();
  }
  bool is_enabled() { return (dma_.Read(kStream1) & kEnable) != 0; }

  Violations violations_;
  Dma dma_{"DMA2", *this, violations_};
  std::map<uint32_t, uint8_t> memory_;
  std::vector<uint32_t> written_;  // to the port
  std::vector<uint32_t> widths_;   // of writes to memory
  int requests_ = 0;
  uint32_t next_ = 0x11;

 private:
  bool DmaRead(uint32_t address, uint32_t width, uint32_t& value) override {
    if (address == kPort) {
      --requests_;
      value = next_++;
      return true;
    }
    value = 0;
    for (uint32_t i = 0; i < width; ++i) {
      value |= uint32_t{memory_[address + i]} << (8 * i);
    }
    return address >= kMemory;
  }
  bool DmaWrite(uint32_t address, uint32_t width, uint32_t value) override {
    if (address == kPort) {
      --requests_;
      written_.push_back(value);
      return true;
    }
    widths_.push_back(width);
    for (uint32_t i = 0; i < width; ++i) {
      memory_[address + i] = static_cast<uint8_t>(value >> (8 * i));
    }
    return address >= kMemory;
  }
};

TEST_F(DmaTest, EachRequestMovesOneItem) {
  Prepare(4);
  Start(kMemoryIncrement);
  Request(1);
  EXPECT_EQ(memory_[kMemory], 0x11);
  EXPECT_EQ(memory_[kMemory + 1], 1);
  EXPECT_EQ(dma_.Read(kStream1 + kItems), 3u);
  EXPECT_EQ(dma_.Read(0), 0u);
  Request(1);
  EXPECT_EQ(dma_.Read(0), kHalf);
  Request(2);
  EXPECT_EQ(dma_.Read(0), kHalf | kComplete);
  EXPECT_FALSE(is_enabled());
  Request(1);
  EXPECT_EQ(requests_, 1);  // nobody answers
  EXPECT_THAT(violations_.texts(), IsEmpty());
}

TEST_F(DmaTest, MemoryGoesToThePeripheral) {
  Prepare(3);
  Start(kMemoryIncrement | kToPeripheral);
  Request(3);
  EXPECT_THAT(written_, ElementsAre(0, 1, 2));
  EXPECT_EQ(dma_.Read(0) & kComplete, kComplete);
}

TEST_F(DmaTest, WithoutIncrementOneByteServesAll) {
  Prepare(3, kMemory + 5);
  Start(kToPeripheral);
  Request(3);
  EXPECT_THAT(written_, ElementsAre(5, 5, 5));
}

TEST_F(DmaTest, RequestsOfOtherChannelsAreNotHeard) {
  Prepare(1);
  dma_.Write(kStream1, 3u << 25 | kEnable);
  Request(1);
  EXPECT_TRUE(is_enabled());
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("asks on this channel")));
}

TEST_F(DmaTest, FifoPacksBytesIntoWords) {
  Prepare(6);
  dma_.Write(kStream1 + kFifo, 4 | 1);  // FIFO, half full
  Start(kMemoryIncrement | 2u << 13);   // MSIZE 32 bits
  Request(7);
  EXPECT_EQ(requests_, 1);
  EXPECT_THAT(widths_, ElementsAre(4, 2));
  EXPECT_EQ(memory_[kMemory + 5], 0x16);
  EXPECT_EQ(memory_[kMemory + 6], 6);
}

TEST_F(DmaTest, FlagsAreClearedBeforeAStreamIsEnabled) {
  Prepare(1);
  Start(0);
  Request(1);
  Prepare(1);
  Start(0);
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("before its flags are cleared")));
  violations_.Clear();
  Request(1);
  dma_.Write(8, kComplete | kHalf);
  EXPECT_EQ(dma_.Read(0), 0u);
  Prepare(1);
  Start(0);
  EXPECT_THAT(violations_.texts(), IsEmpty());
}

TEST_F(DmaTest, EnabledStreamKeepsItsSettings) {
  Prepare(4);
  Start(0);
  dma_.Write(kStream1 + kItems, 9);
  EXPECT_EQ(dma_.Read(kStream1 + kItems), 4u);
  dma_.Write(kStream1, dma_.Read(kStream1) | kMemoryIncrement);
  EXPECT_EQ(dma_.Read(kStream1) & kMemoryIncrement, 0u);
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("while EN is set")));
  violations_.Clear();
  dma_.Write(kStream1, dma_.Read(kStream1) | 0x10);  // TCIE may change
  EXPECT_THAT(violations_.texts(), IsEmpty());
}

TEST_F(DmaTest, DisablingASetUpStreamSaysComplete) {
  Prepare(4);
  Start(0);
  dma_.Write(kStream1, dma_.Read(kStream1) & ~kEnable);
  EXPECT_EQ(dma_.Read(0), kComplete);
  EXPECT_EQ(dma_.Read(kStream1 + kItems), 4u);
}

TEST_F(DmaTest, BusErrorStopsTheStream) {
  Prepare(4, kNowhere);
  Start(0x4);  // TEIE
  Request(1);
  EXPECT_EQ(dma_.Read(0), kError);
  EXPECT_FALSE(is_enabled());
  EXPECT_TRUE(dma_.interrupt_of(1));
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("bus error")));
}

TEST_F(DmaTest, AddressesAreAligned) {
  Prepare(1, kMemory + 1);
  Start(1u << 11);  // PSIZE 16 bits
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("not aligned")));
}

TEST_F(DmaTest, NothingToTransferIsAViolation) {
  Prepare(0);
  Start(0);
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("nothing to transfer")));
}

TEST_F(DmaTest, CircularStreamStartsAgain) {
  Prepare(2);
  Start(0x100 | kMemoryIncrement);
  Request(3);
  EXPECT_TRUE(is_enabled());
  EXPECT_EQ(dma_.Read(kStream1 + kItems), 1u);
  EXPECT_EQ(memory_[kMemory], 0x13);
}

TEST_F(DmaTest, InterruptsFollowTheirEnables) {
  Prepare(1);
  Start(0);
  Request(1);
  EXPECT_FALSE(dma_.interrupt_of(1));
  dma_.Write(kStream1, 0x10);
  EXPECT_TRUE(dma_.interrupt_of(1));
  dma_.Write(8, kComplete);
  EXPECT_FALSE(dma_.interrupt_of(1));
}

class ChipDmaTest : public SleepingBoard {};

TEST_F(ChipDmaTest, CoreCoupledMemoryIsOutOfReach) {
  StartSpi();
  SetBits(kAhb1Enable, 1u << 22);
  Set(kDma2 + 0x5c, 4);
  Set(kDma2 + 0x60, kSpi1 + 12);
  Set(kDma2 + 0x64, Stm32f407::kCcmBase);
  Set(kDma2 + 0x58, 3u << 25 | 0x440 | 1);
  EXPECT_EQ(Get(kDma2) >> 25 & 1, 1u);  // TEIF3
  EXPECT_THAT(board_.violations(),
              ElementsAre("DMA2 does not reach the CCM", "DMA2 stream 3: bus error"));
}

}  // namespace
}  // namespace test
