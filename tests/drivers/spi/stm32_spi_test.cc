// The SPI master of STM32F4: what goes out, who moves it, and what can go wrong.
#include "drivers/spi/stm32_spi.h"

#include <algorithm>
#include <memory>

#include <sys/mman.h>

#include "tests/drivers/spi/stm32_spi_model.h"

namespace drivers {
namespace {

using test::ByteVector;
using test::Pattern;
using test::ToBytes;

constexpr Stm32SpiConfig kConfig = {.data_register = test::Stm32SpiModel::kDataRegister,
                                    .bus_hz = 84'000'000,
                                    .max_hz = 20'000'000,
                                    .setup_ns = 50,
                                    .hold_ns = 210,
                                    .select_pin = test::Stm32SpiModel::kSelectPin,
                                    .receive_stream = 0,
                                    .transmit_stream = 3,
                                    .channel = 3};

// DMA addresses have 32 bits.
class LowMemory {
 public:
  static constexpr size_t kSize = 8192;
  LowMemory()
      : memory_(mmap(nullptr, kSize, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0)) {
    EXPECT_NE(memory_, MAP_FAILED);
  }
  LowMemory(const LowMemory&) = delete;
  ~LowMemory() { munmap(memory_, kSize); }
  void* at(size_t offset) const { return static_cast<std::byte*>(memory_) + offset; }

 private:
  void* memory_;
};

class Stm32SpiTest : public testing::Test {
 protected:
  Stm32SpiTest()
      : spi_(std::construct_at(static_cast<Stm32Spi*>(memory_.at(0)), chip_.spi(), chip_.dma(),
                               chip_.port(), kConfig)) {
    spi_->Start();
  }
  ~Stm32SpiTest() override { std::destroy_at(spi_); }

  // A buffer that the DMA reaches, with `content`.
  base::ByteSpan Buffer(size_t size, base::ConstByteSpan content = {}) {
    const base::ByteSpan buffer(static_cast<std::byte*>(memory_.at(1024)), size);
    std::ranges::copy(content, buffer.begin());
    return buffer;
  }
  const test::Stm32SpiModel::Transaction& last() { return chip_.transactions.back(); }
  uint32_t errors() const {
    const Stm32SpiStats& stats = spi_->stats();
    return stats.spi_timeouts + stats.spi_overruns + stats.spi_mode_faults + stats.spi_dma_errors +
           stats.spi_unreachable;
  }

  LowMemory memory_;
  test::Stm32SpiModel chip_;
  Stm32Spi* spi_;
};

TEST_F(Stm32SpiTest, StartsAsMasterInModeZero) {
  // MSTR, BR 2, SPE, SSI, SSM.
  EXPECT_EQ(chip_.control1(), 0x354u);
  EXPECT_EQ(chip_.control2(), 0u);
  EXPECT_FALSE(chip_.is_selected());
  EXPECT_EQ(spi_->rate_hz(), 10'500'000u);
}

TEST_F(Stm32SpiTest, ShortTransactionByTheCpu) {
  chip_.Answer(ToBytes({0x11, 0x22, 0x33}));
  ByteVector in(2);
  spi_->WriteThenRead(ToBytes({0x1d}), in);
  EXPECT_EQ(in, ToBytes({0x22, 0x33}));
  ASSERT_EQ(chip_.transactions.size(), 1u);
  EXPECT_EQ(last().sent, ToBytes({0x1d, 0, 0}));
  EXPECT_EQ(last().by_dma, 0u);
  EXPECT_FALSE(chip_.is_selected());
  EXPECT_EQ(errors(), 0u);
}

TEST_F(Stm32SpiTest, OneSideMayBeEmpty) {
  spi_->WriteThenRead(ToBytes({0xff}), {});
  EXPECT_EQ(last().sent, ToBytes({0xff}));
  chip_.Answer(ToBytes({0x77}));
  ByteVector in(1);
  spi_->WriteThenRead({}, in);
  EXPECT_EQ(in, ToBytes({0x77}));
  spi_->WriteTwo(ToBytes({1}), {});
  EXPECT_EQ(last().sent, ToBytes({1}));
  EXPECT_EQ(chip_.transactions.size(), 3u);
}

// DS39662E table 16-6, in cycles of 11.9 ns.
TEST_F(Stm32SpiTest, KeepsTheTimesOfTheChipSelect) {
  spi_->WriteThenRead(ToBytes({0x1d}), {});
  EXPECT_GE(last().setup_cycles, 5u);
  EXPECT_GE(last().hold_cycles, 18u);
  const auto body = Buffer(100, Pattern(100));
  spi_->WriteTwo(ToBytes({0x7a}), body);
  EXPECT_GE(last().hold_cycles, 18u);
  spi_->WriteThenRead(ToBytes({0x3a}), body);
  EXPECT_GE(last().hold_cycles, 18u);
}

TEST_F(Stm32SpiTest, LongBodyByDma) {
  for (const size_t size : {32u, 33u, 64u, 1514u}) {
    const ByteVector bytes = Pattern(size);
    spi_->WriteTwo(ToBytes({0x7a, 0x00}), Buffer(size, bytes));
    ByteVector expected = ToBytes({0x7a, 0x00});
    test::AppendTo(expected, bytes);
    EXPECT_EQ(last().sent, expected);
    EXPECT_EQ(last().by_dma, size);
  }
  EXPECT_EQ(chip_.control2(), 0u);
  EXPECT_EQ(errors(), 0u);
}

TEST_F(Stm32SpiTest, LongAnswerByDma) {
  for (const size_t size : {32u, 33u, 64u, 1514u}) {
    const ByteVector bytes = Pattern(size);
    chip_.Answer(ToBytes({0}));
    chip_.Answer(bytes);
    const base::ByteSpan in = Buffer(size);
    spi_->WriteThenRead(ToBytes({0x3a}), in);
    EXPECT_EQ(test::ToVector(in), bytes);
    EXPECT_EQ(last().by_dma, size);
    EXPECT_EQ(last().sent.size(), size + 1);
    EXPECT_EQ(last().sent.back(), std::byte{0});
  }
  EXPECT_EQ(chip_.control2(), 0u);
  EXPECT_EQ(errors(), 0u);
}

// What was received while nobody listened must not be taken for an answer later.
TEST_F(Stm32SpiTest, ReadsAfterSendingByDmaAreClean) {
  const ByteVector junk(100, std::byte{0xbd});
  chip_.Answer(junk);
  spi_->WriteTwo({}, Buffer(100, Pattern(100)));
  chip_.Answer(ToBytes({0, 0x42}));
  ByteVector in(1);
  spi_->WriteThenRead(ToBytes({0x1d}), in);
  EXPECT_EQ(in, ToBytes({0x42}));
  EXPECT_EQ(spi_->stats().spi_overruns, 0u);
}

TEST_F(Stm32SpiTest, ShortPartsStayWithTheCpu) {
  spi_->WriteTwo(Buffer(31, Pattern(31)), Buffer(31, Pattern(31)));
  EXPECT_EQ(last().sent.size(), 62u);
  EXPECT_EQ(last().by_dma, 0u);
}

// Core coupled memory on the chip, addresses beyond 32 bits here.
TEST_F(Stm32SpiTest, MemoryOutOfReachIsLeftToTheCpu) {
  const ByteVector far = Pattern(100);
  ASSERT_GT(reinterpret_cast<uintptr_t>(far.data()), UINT32_MAX);
  spi_->WriteTwo(ToBytes({0x7a}), far);
  EXPECT_EQ(last().sent.size(), 101u);
  EXPECT_EQ(last().by_dma, 0u);
  EXPECT_EQ(spi_->stats().spi_unreachable, 1u);
  chip_.Answer(far);
  ByteVector in(100);
  spi_->WriteThenRead({}, in);
  EXPECT_EQ(in, far);
  EXPECT_EQ(spi_->stats().spi_unreachable, 2u);
}

TEST_F(Stm32SpiTest, ClockThatStandsStillIsGivenUp) {
  chip_.StopClock(true);
  ByteVector in(3);
  spi_->WriteThenRead(ToBytes({0x1d}), in);
  EXPECT_EQ(in, ToBytes({0xff, 0xff, 0xff}));
  EXPECT_EQ(spi_->stats().spi_timeouts, 2u);  // the byte, and the wait for its end
  EXPECT_FALSE(chip_.is_selected());
  EXPECT_TRUE(last().sent.empty());
}

TEST_F(Stm32SpiTest, TransactionEndsWithTheFirstByteThatFails) {
  chip_.StopClock(true);
  spi_->WriteTwo(ToBytes({1, 2, 3}), ToBytes({4}));
  chip_.StopClock(false);
  spi_->WriteThenRead({}, {});
  ASSERT_EQ(chip_.transactions.size(), 2u);
  EXPECT_LE(chip_.transactions[0].sent.size() + chip_.transactions[1].sent.size(), 1u);
}

TEST_F(Stm32SpiTest, ClockThatStandsStillDuringDmaIsGivenUp) {
  const base::ByteSpan in = Buffer(64, Pattern(64));
  chip_.StopClock(true);
  spi_->WriteThenRead({}, in);
  EXPECT_TRUE(std::ranges::all_of(in, [](std::byte b) { return b == std::byte{0xff}; }));
  EXPECT_GE(spi_->stats().spi_timeouts, 1u);
  EXPECT_EQ(chip_.control2(), 0u);
  EXPECT_TRUE(chip_.streams_are_off());
}

TEST_F(Stm32SpiTest, BusErrorOfTheDmaEndsTheTransaction) {
  chip_.FailDma(10);
  spi_->WriteTwo({}, Buffer(64, Pattern(64)));
  EXPECT_EQ(spi_->stats().spi_dma_errors, 1u);
  EXPECT_LT(last().sent.size(), 64u);
  EXPECT_EQ(chip_.control2(), 0u);

  chip_.FailDma(10);
  const base::ByteSpan in = Buffer(64);
  spi_->WriteThenRead({}, in);
  EXPECT_EQ(spi_->stats().spi_dma_errors + spi_->stats().spi_timeouts, 2u);
  EXPECT_EQ(in[63], std::byte{0xff});
  EXPECT_TRUE(chip_.streams_are_off());

  chip_.Answer(Pattern(64));
  spi_->WriteThenRead({}, in);
  EXPECT_EQ(last().sent.size(), 64u);
}

TEST_F(Stm32SpiTest, BytesThatNobodyFetchedAreAnOverrun) {
  chip_.StarveReceiver();
  const base::ByteSpan in = Buffer(64, Pattern(64));
  spi_->WriteThenRead({}, in);
  EXPECT_EQ(spi_->stats().spi_overruns, 1u);
  EXPECT_EQ(in[0], std::byte{0xff});
}

TEST_F(Stm32SpiTest, ModeFaultIsCountedAndTheMasterStartsAgain) {
  chip_.FaultMode();
  spi_->WriteThenRead(ToBytes({1}), {});
  EXPECT_EQ(spi_->stats().spi_mode_faults, 1u);
  EXPECT_EQ(chip_.control1(), 0x354u);
  spi_->WriteThenRead(ToBytes({1}), {});
  EXPECT_EQ(spi_->stats().spi_mode_faults, 1u);
}

}  // namespace
}  // namespace drivers
