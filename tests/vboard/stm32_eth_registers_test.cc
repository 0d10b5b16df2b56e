// Registers, resets, management bus and counters of the STM32 Ethernet model.
#include "tests/vboard/stm32_eth_bench.h"

namespace test {
namespace {

using namespace stm32_eth;

class EthRegisters : public Stm32EthTest {};

TEST_F(EthRegisters, HaveTheirResetValues) {
  Reset();
  EXPECT_EQ(Get(kMaccr), 0x0000'8000u);
  EXPECT_EQ(Get(kMaca0hr), 0x8000'ffffu);
  EXPECT_EQ(Get(kMaca0lr), ~0u);
  EXPECT_EQ(Get(kDmabmr), 0x0002'0100u);
  EXPECT_EQ(Get(kDmasr), 0u);
  EXPECT_EQ(Get(kPtptscr), 0x2000u);
}

TEST_F(EthRegisters, ReservedBitsAreToBeKept) {
  Reset();
  Set(kMaccr, 0x0000'0000);
  ExpectViolation("reserved bits of MACCR");
  Set(kDmaomr, 1);
  ExpectViolation("reserved bits of DMAOMR");
  Set(kMacffr, 1u << 11);
  ExpectViolation("reserved bits of MACFFR");
}

TEST_F(EthRegisters, ThereAreNoOthers) {
  Reset();
  Get(0x20);
  ExpectViolation("no register at offset 0x00000020");
  Set(0x1100, 0);
  ExpectViolation("no register to write at offset 0x00001100");
  Set(kMmctgfcr, 0);
  ExpectViolation("MMCTGFCR is read-only");
}

TEST_F(EthRegisters, ASoftwareResetTakesItsTimeAndForbidsWrites) {
  Reset();
  Set(kMacffr, 1);
  Set(kDmabmr, 1 | 0x0002'0100);
  EXPECT_EQ(Get(kDmabmr) & 1, 1u);
  Set(kMacffr, 1);
  ExpectViolation("MACFFR written while DMABMR.SR is 1");
  bench_.RunFor(2 * kMicrosecond);
  EXPECT_EQ(Get(kDmabmr) & 1, 0u);
  EXPECT_EQ(model_.software_resets(), 2u);
}

TEST_F(EthRegisters, ASoftwareResetClearsAll) {
  Start();
  Reset();
  EXPECT_EQ(Get(kMaccr), 0x0000'8000u);
  EXPECT_EQ(Get(kDmasr), 0u);
  EXPECT_FALSE(model_.Deliver(Frame(64)));
}

TEST(EthReset, NeverEndsWithoutAClock) {
  bool has_transmit_clock = true;
  bool has_receive_clock = false;
  Stm32EthBench bench;
  Stm32EthModel model({.clock = bench.clock,
                       .memory = bench.memory,
                       .mdio = bench.mdio,
                       .phy = bench.phy,
                       .violations = bench.violations},
                      {.has_transmit_clock = [&] { return has_transmit_clock; },
                       .has_receive_clock = [&] { return has_receive_clock; }});
  model.Write(kDmabmr, 0x0002'0101);
  bench.clock.Pass(kPicosecondsPerSecond);
  EXPECT_EQ(model.Read(kDmabmr) & 1, 1u);
  has_receive_clock = true;
  has_transmit_clock = false;
  bench.clock.Pass(kPicosecondsPerSecond);
  EXPECT_EQ(model.Read(kDmabmr) & 1, 1u);
  has_transmit_clock = true;
  model.Advance();
  bench.clock.Pass(2 * kMicrosecond);
  EXPECT_EQ(model.Read(kDmabmr) & 1, 0u);
}

TEST_F(EthRegisters, ASecondWriteSoonAfterTheFirstMayGetLost) {
  Reset();
  Set(kMacffr, 1);
  bench_.clock.Pass(2 * kMicrosecond);
  Set(kMacffr, 0);
  EXPECT_THAT(violations(), testing::IsEmpty());
  Set(kMacffr, 1);
  ExpectViolation("MACFFR written twice within four cycles");
}

TEST_F(EthRegisters, TheReceiverNeedsAFastBus) {
  Reset();
  bench_.clock.SetHclk(24'000'000);
  Set(kMaccr, 0x8004);
  ExpectViolation("HCLK is below 25 MHz");
}

TEST_F(EthRegisters, ABurstIsAPowerOfTwoOfBeats) {
  Reset();
  Set(kDmabmr, 0x0002'2100);
  ExpectViolation("burst length");
}

TEST_F(EthRegisters, DescriptorListsStayWhereTheyAreWhileTheDmaRuns) {
  Start();
  Set(kDmatdlar, LowMemory::AddressOf(tx_));
  ExpectViolation("DMATDLAR written while its DMA runs");
  Set(kDmardlar, LowMemory::AddressOf(rx_));
  ExpectViolation("DMARDLAR written while its DMA runs");
}

TEST_F(EthRegisters, DescriptorListsAreWordAligned) {
  Reset();
  Set(kDmardlar, LowMemory::AddressOf(rx_) + 2);
  ExpectViolation("RX descriptor list is not word aligned");
}

TEST_F(EthRegisters, TheDmaNeedsItsLists) {
  Reset();
  Set(kDmaomr, kOmTransmit);
  ExpectViolation("ST set before DMATDLAR");
  Set(kDmaomr, kOmTransmit | kOmReceive);
  ExpectViolation("SR set before DMARDLAR");
}

TEST_F(EthRegisters, ChecksumOffloadNeedsEnhancedDescriptors) {
  Reset();
  Set(kMaccr, 0x8400);
  Set(kDmardlar, LowMemory::AddressOf(rx_));
  Set(kDmaomr, kOmReceive);
  ExpectViolation("MACCR.IPCO needs enhanced descriptors");
}

TEST_F(EthRegisters, StoreAndForwardChangesOnlyWhileStopped) {
  Start();
  Set(kDmaomr, 0x0200'2002);
  ExpectViolation("DMAOMR.TSF changed");
}

TEST_F(EthRegisters, TheModeRegisterRestsUntilTheFlushIsOver) {
  Start();
  Set(kDmaomr, 0x0230'2002);
  Set(kDmaomr, 0x0230'2002);
  ExpectViolation("DMAOMR.FTF is 1");
  bench_.RunFor(kMicrosecond);
  EXPECT_EQ(Get(kDmaomr), 0x0220'2002u);
}

class EthManagement : public Stm32EthTest {
 protected:
  void SetUp() override { Reset(); }
  static constexpr uint32_t kDivider102 = 4u << 2;
  void Access(uint32_t reg, uint32_t bits) {
    Set(kMacmiiar, 1u << 11 | reg << 6 | kDivider102 | bits | kMiiBusy);
  }
};

TEST_F(EthManagement, AReadTakesSixtyFourBitTimes) {
  Access(2, 0);
  bench_.clock.Pass(38 * kMicrosecond);
  EXPECT_EQ(Get(kMacmiiar) & kMiiBusy, kMiiBusy);
  bench_.clock.Pass(kMicrosecond);
  EXPECT_EQ(Get(kMacmiiar) & kMiiBusy, 0u);
  EXPECT_EQ(Get(kMacmiidr), 0x0022u);
}

TEST_F(EthManagement, AWriteReachesThePhy) {
  Set(kMacmiidr, 0x0101);
  Access(4, kMiiWrite);
  bench_.RunFor(40 * kMicrosecond);
  EXPECT_EQ(bench_.phy.advertisement(), 0x0101);
}

TEST_F(EthManagement, NothingIsTouchedDuringAnAccess) {
  Access(2, 0);
  Access(3, 0);
  ExpectViolation("MACMIIAR written during an access");
  Set(kMacmiidr, 0);
  ExpectViolation("MACMIIDR written during an access");
  Get(kMacmiidr);
  ExpectViolation("MACMIIDR read during an access");
}

TEST_F(EthManagement, TheClockIsAtMostTwoAndAHalfMegahertz) {
  Set(kMacmiiar, 1u << 11 | 1u << 2 | kMiiBusy);  // 168 MHz / 62
  ExpectViolation("MDC is faster than 2.5 MHz");
}

TEST_F(EthManagement, TheDividerIsTheOneOfTheManual) {
  bench_.clock.SetHclk(72'000'000);
  Set(kMacmiiar, 1u << 11 | kDivider102 | kMiiBusy);
  ExpectViolation("not the divider for this HCLK");
}

TEST_F(EthManagement, SomeDividersAreReserved) {
  Set(kMacmiiar, 5u << 2 | kMiiBusy);
  ExpectViolation("MACMIIAR.CR is reserved");
}

TEST_F(EthManagement, AnAbsentPhyReadsAsOnes) {
  Set(kMacmiiar, 9u << 11 | 2u << 6 | kDivider102 | kMiiBusy);
  bench_.RunFor(40 * kMicrosecond);
  EXPECT_EQ(Get(kMacmiidr), 0xffffu);
}

TEST_F(EthManagement, NoiseSpoilsSomeWords) {
  model_.SetFaults({.mdio_noise_every = 2});
  uint32_t spoilt = 0;
  for (int i = 0; i < 8; ++i) {
    Access(2, 0);
    bench_.RunFor(40 * kMicrosecond);
    spoilt += Get(kMacmiidr) != 0x0022u ? 1 : 0;
  }
  EXPECT_EQ(spoilt, 4u);
}

TEST_F(EthManagement, AHungUnitStaysBusy) {
  bench_.mdio.SetFault(MdioFault::kTimeout);
  Access(2, 0);
  bench_.RunFor(kPicosecondsPerSecond);
  EXPECT_EQ(Get(kMacmiiar) & kMiiBusy, kMiiBusy);
}

class EthCounters : public Stm32EthTest {
 protected:
  void Receive() {
    ASSERT_TRUE(model_.Deliver(Frame(60)));
    bench_.RunFor(10 * kMicrosecond);
  }
};

TEST_F(EthCounters, CountGoodFramesAndCheckSequenceErrors) {
  Start();
  Receive();
  ASSERT_TRUE(model_.DeliverRaw(Frame(60), kRdCrcError));
  ASSERT_TRUE(model_.DeliverRaw(Frame(60), kRdCrcError | kRdDribble));
  Send(0, Frame(60));
  bench_.RunFor(50 * kMicrosecond);
  EXPECT_EQ(Get(kMmcrgufcr), 1u);
  EXPECT_EQ(Get(kMmcrfcecr), 1u);
  EXPECT_EQ(Get(kMmcrfaecr), 1u);
  EXPECT_EQ(Get(kMmctgfcr), 1u);
  EXPECT_EQ(Get(kMmcrgufcr), 1u) << "a read leaves it";
}

TEST_F(EthCounters, ResetOnReadAndAtOnce) {
  Start();
  Set(kMmccr, kMmcResetOnRead);
  Receive();
  EXPECT_EQ(Get(kMmcrgufcr), 1u);
  EXPECT_EQ(Get(kMmcrgufcr), 0u);
  Receive();
  Set(kMmccr, kMmcReset);
  EXPECT_EQ(Get(kMmcrgufcr), 0u);
  EXPECT_EQ(Get(kMmccr), 0u);
  Set(kMmccr, kMmcFreeze);
  Receive();
  EXPECT_EQ(Get(kMmcrgufcr), 0u);
}

TEST_F(EthCounters, InterruptAtHalfUnlessMasked) {
  Start();
  Set(kMmcrimr, 1u << 17);
  Set(kMmccr, kMmcPreset);
  for (size_t i = 0; i < 16; ++i) {
    Receive();
    Set(kDmardlar + 0x08, kSrReceived);
    rx_[i % kRing].words[0] = kOwn;
    Set(kDmarpdr, 1);
  }
  EXPECT_FALSE(model_.interrupt_line());
  Set(kMmcrimr, 0);
  EXPECT_TRUE(model_.interrupt_line());
  EXPECT_TRUE(Shows(kSrMmc));
  EXPECT_EQ(Get(kMmcrgufcr), 0x8000'0000u);
  EXPECT_FALSE(model_.interrupt_line()) << "the read of the counter ends it";
}

TEST_F(EthCounters, RollOverOrStop) {
  Start();
  Set(kMmccr, kMmcPreset | kMmcPresetFull | kMmcStopRollover);
  for (size_t i = 0; i < 20; ++i) {
    Receive();
    rx_[i % kRing].words[0] = kOwn;
    Set(kDmarpdr, 1);
  }
  EXPECT_EQ(Get(kMmcrgufcr), ~0u);
  Set(kMmccr, 0);
  Receive();
  EXPECT_EQ(Get(kMmcrgufcr), 0u);
}

}  // namespace
}  // namespace test
