// The STM32 Ethernet model's receive side.
#include "tests/vboard/stm32_eth_bench.h"

namespace test {
namespace {

using namespace stm32_eth;
using testing::Each;
using testing::ElementsAreArray;
using testing::SizeIs;

constexpr VirtualTime kLong = 200 * kMicrosecond;
constexpr uint32_t kWhole = kRdFirst | kRdLast | kRdType;

class EthReceive : public Stm32EthTest {
 protected:
  void Receive(base::ConstByteSpan frame, uint32_t errors = 0) {
    ASSERT_TRUE(model_.DeliverRaw(frame, errors));
    bench_.RunFor(kLong);
  }
  uint32_t status(size_t i) const { return rx_[i].words[0]; }
  bool IsFree(size_t i) const { return (status(i) & kOwn) != 0; }
  // Buffers of that many bytes.
  void Shrink(uint32_t size) {
    for (size_t i = 0; i < kRing; ++i) {
      rx_[i].words[1] = (rx_[i].words[1] & ~0x1fffu) | size;
    }
  }
  void StartSmall(uint32_t size) {
    Reset();
    LinkUp();
    Set(kMaca0hr, 0x3020);
    Set(kMaca0lr, 0x105e'0002);
    Set(kDmabmr, 0x0002'2080);
    MakeRings();
    Shrink(size);
    Set(kMaccr, 0xc80c);
    Set(kDmaomr, 0x0220'2002);
  }
};

TEST_F(EthReceive, FramesFollowEachOtherAtTheSpeedOfTheWire) {
  Start();
  ASSERT_TRUE(model_.Deliver(Frame(1514)));
  ASSERT_TRUE(model_.Deliver(Frame(1514)));
  bench_.RunFor(123 * kMicrosecond);
  EXPECT_FALSE(IsFree(0));
  EXPECT_TRUE(IsFree(1));
  bench_.RunFor(100 * kMicrosecond);
  EXPECT_TRUE(IsFree(1));
  bench_.RunFor(25 * kMicrosecond);
  EXPECT_FALSE(IsFree(1));
}

TEST_F(EthReceive, ALongFrameFillsSeveralDescriptors) {
  StartSmall(128);
  Receive(Frame(300));
  EXPECT_EQ(status(0), kRdFirst | 128u << 16);
  EXPECT_EQ(status(1), 256u << 16) << "the sum so far";
  EXPECT_EQ(status(2), kRdLast | kRdType | 304u << 16);
  EXPECT_TRUE(IsFree(3));
  const ByteVector frame = Frame(300);
  EXPECT_THAT(Received(1, 128), ElementsAreArray(std::span(frame).subspan(128, 128)));
}

TEST_F(EthReceive, AFrameThatFindsNoMoreDescriptorsIsCut) {
  StartSmall(64);
  Receive(Frame(300));
  EXPECT_EQ(status(3), kRdLast | kRdTruncated | kRdErrorSummary | 256u << 16);
  EXPECT_TRUE(Shows(kSrNoReceiveBuffer));
  EXPECT_EQ(Get(kDmasr) >> 17 & 7, 4u);
}

TEST_F(EthReceive, TheSecondBufferTakesWhatTheFirstDoesNotHold) {
  Start();
  rx_[1].words[1] = 64 | 256u << 16;
  rx_[1].words[3] = rx_[1].words[2] + 1024;
  Receive(Frame(60));
  const ByteVector frame = Frame(200);
  Receive(frame);
  EXPECT_EQ(status(1), kWhole | 204u << 16);
  EXPECT_THAT(std::span(rx_buffers_[1]).subspan(1024, 136),
              ElementsAreArray(std::span(frame).subspan(64)));
}

TEST_F(EthReceive, AFrameMayBeginWithinAWordWhoseRestIsOverwritten) {
  Start();
  rx_[1].words[2] += 2;
  Receive(Frame(60));
  Receive(Frame(61));
  EXPECT_EQ(LengthOf(rx_[1]), 65u);
  EXPECT_THAT(std::span(rx_buffers_[1]).subspan(2, 61), ElementsAreArray(Frame(61)));
  EXPECT_THAT(std::span(rx_buffers_[1]).first(2), Each(std::byte{0xdd}));
  EXPECT_EQ(rx_buffers_[1][67], std::byte{0xdd}) << "and behind its end";
}

TEST_F(EthReceive, AnOffsetCostsRoom) {
  StartSmall(128);
  rx_[2].words[2] += 2;
  Receive(Frame(124));
  Receive(Frame(124));
  Receive(Frame(124));
  EXPECT_EQ(LengthOf(rx_[1]), 128u);
  EXPECT_FALSE(IsFree(3)) << "126 bytes are too few for 128";
}

TEST_F(EthReceive, WithoutADescriptorFramesAreMissedAndCounted) {
  Start();
  for (int i = 0; i < 6; ++i) {
    Receive(Frame(60));
  }
  EXPECT_TRUE(Shows(kSrNoReceiveBuffer));
  EXPECT_EQ(Get(kDmamfbocr), 2u);
  EXPECT_EQ(Get(kDmamfbocr), 0u) << "a read clears it";
}

TEST_F(EthReceive, ASuspendedDmaLooksAgainWithTheNextFrame) {
  Start();
  for (int i = 0; i < 4; ++i) {
    Receive(Frame(60));
  }
  EXPECT_EQ(Get(kDmasr) >> 17 & 7, 4u);
  rx_[0].words[0] = kOwn;
  Receive(Frame(70));
  EXPECT_EQ(LengthOf(rx_[0]), 74u);
}

TEST_F(EthReceive, OrWhenItIsPolled) {
  Start();
  model_.SetFaults({.stays_suspended = true});
  for (int i = 0; i < 4; ++i) {
    Receive(Frame(60));
  }
  rx_[0].words[0] = kOwn;
  Receive(Frame(70));
  EXPECT_TRUE(IsFree(0)) << "this silicon needs the poll";
  Set(kDmarpdr, 1);
  EXPECT_EQ(Get(kDmasr) >> 17 & 7, 3u);
  Receive(Frame(71));
  EXPECT_EQ(LengthOf(rx_[0]), 75u);
}

TEST_F(EthReceive, FramesStayInTheFifoWhenTold) {
  Start(0, kOmKeepFrames);
  for (int i = 0; i < 5; ++i) {
    Receive(Frame(100));
  }
  EXPECT_EQ(Get(kDmamfbocr), 0u);
  rx_[0].words[0] = kOwn;
  Set(kDmarpdr, 1);
  EXPECT_EQ(LengthOf(rx_[0]), 104u);
}

TEST_F(EthReceive, AFullFifoOverflows) {
  Start(0, kOmKeepFrames);
  for (int i = 0; i < 6; ++i) {
    Receive(Frame(1514));
  }
  EXPECT_TRUE(Shows(kSrOverflow));
  EXPECT_EQ(Get(kDmamfbocr), 1u << 17);
}

TEST_F(EthReceive, WhatTheDmaOwnsIsNotToBeChanged) {
  Start();
  rx_[0].words[2] += 4;
  Receive(Frame(60));
  ExpectViolation("RX descriptor");
}

TEST_F(EthReceive, ABufferIsAWholeNumberOfWords) {
  StartSmall(1534);
  ExpectViolation("a buffer size is no multiple of 4");
  bench_.violations.Clear();
}

TEST_F(EthReceive, AMemoryThatIsNotThereKillsTheDma) {
  Start();
  rx_[1].words[2] = 0x1000'0000;
  Receive(Frame(60));
  Receive(Frame(60));
  EXPECT_TRUE(Shows(kSrBusError));
  EXPECT_EQ(Get(kDmasr) & kSrErrorBits, 0u) << "receive, write, buffer";
  EXPECT_EQ(Get(kDmasr) >> 17 & 7, 0u);
  Set(kDmarpdr, 1);
  Receive(Frame(60));
  EXPECT_TRUE(IsFree(2));
}

TEST_F(EthReceive, StripsTheCheckSequenceOfTypeFrames) {
  Start(kCrStripTypeFcs);
  Receive(Frame(60));
  EXPECT_EQ(status(0), kWhole | 60u << 16);
}

TEST_F(EthReceive, StripsThePadOfLengthFrames) {
  Start(kCrStripPad);
  ByteVector frame = Frame(60);
  frame[12] = std::byte{0};
  frame[13] = std::byte{10};
  Receive(frame);
  EXPECT_EQ(status(0), kRdFirst | kRdLast | 24u << 16);
}

TEST_F(EthReceive, ALengthThatIsNotThereIsAnError) {
  Start();
  ByteVector frame = Frame(60);
  frame[12] = std::byte{0};
  frame[13] = std::byte{100};
  Receive(frame);
  EXPECT_EQ(status(0), kRdFirst | kRdLast | kRdLengthError | 64u << 16);
}

TEST_F(EthReceive, DamagedFramesAreDroppedUnlessForwarded) {
  Start();
  Receive(Frame(60), kRdCrcError);
  EXPECT_TRUE(IsFree(0));
  Set(kDmaomr, 0x0220'2002 | kOmForwardErrors);
  Receive(Frame(60), kRdCrcError);
  EXPECT_EQ(status(0), kWhole | kRdCrcError | kRdErrorSummary | 64u << 16);
}

TEST_F(EthReceive, ThresholdModeForwardsWhatHasBegun) {
  Start();
  Set(kDmaomr, 0x0020'2002);
  Receive(Frame(60), kRdCrcError);
  EXPECT_EQ(status(0), kWhole | kRdCrcError | kRdErrorSummary | 64u << 16);
  Receive(Frame(40));
  EXPECT_TRUE(IsFree(1)) << "a runt below the threshold of 64";
}

TEST_F(EthReceive, RuntsAreDroppedUnlessForwarded) {
  Start();
  Receive(Frame(59));
  EXPECT_TRUE(IsFree(0));
  Set(kDmaomr, 0x0220'2002 | kOmForwardRunts);
  Receive(Frame(59));
  EXPECT_EQ(status(0), kWhole | 63u << 16);
}

TEST_F(EthReceive, TheWatchdogCutsAt2048) {
  Start();
  Set(kDmaomr, 0x0020'2002);
  Receive(Frame(2100));
  EXPECT_EQ(status(1) & (kRdWatchdog | kRdErrorSummary), kRdWatchdog | kRdErrorSummary);
}

TEST_F(EthReceive, AnInterruptCanBeDelayed) {
  Start();
  Set(kDmarswtr, 100);  // 25600 cycles of HCLK
  rx_[1].words[1] |= kRdNoInterrupt;
  Receive(Frame(60));
  Set(kDmasr, kSrReceived);
  ASSERT_TRUE(model_.Deliver(Frame(60)));
  bench_.RunFor(100 * kMicrosecond);
  EXPECT_FALSE(IsFree(1));
  EXPECT_FALSE(Shows(kSrReceived));
  bench_.RunFor(100 * kMicrosecond);
  EXPECT_TRUE(Shows(kSrReceived));
}

TEST_F(EthReceive, AWrongSpeedDamagesAll) {
  Start();
  Set(kDmaomr, 0x0220'2002 | kOmForwardErrors);
  bench_.RunFor(kMicrosecond);
  Set(kMaccr, 0x880c);
  ASSERT_TRUE(model_.Deliver(Frame(60)));
  bench_.RunFor(10 * kLong);
  EXPECT_NE(status(0) & kRdCrcError, 0u);
}

TEST_F(EthReceive, NothingArrivesWithoutReceiverOrLink) {
  Start();
  model_.Unplug();
  EXPECT_FALSE(model_.Deliver(Frame(60)));
  LinkUp();
  EXPECT_TRUE(model_.Deliver(Frame(60)));
  Set(kMaccr, 0xc808);
  EXPECT_FALSE(model_.Deliver(Frame(60)));
  bench_.RunFor(kLong);
  EXPECT_TRUE(IsFree(0)) << "the one on its way is lost, too";
}

TEST_F(EthReceive, AStopKeepsThePlaceInTheRing) {
  Start();
  Receive(Frame(60));
  Set(kDmaomr, 0x0220'2000);
  EXPECT_TRUE(Shows(kSrReceiveStopped));
  Set(kDmaomr, 0x0220'2002);
  Receive(Frame(60));
  EXPECT_FALSE(IsFree(1));
}

class EthFilter : public Stm32EthTest {
 protected:
  void Filter(uint32_t macffr) {
    bench_.RunFor(2 * kMicrosecond);
    Set(kMacffr, macffr);
  }
  bool Takes(std::initializer_list<int> to) {
    ByteVector frame = Frame(60);
    std::ranges::copy(ToBytes(to), frame.begin());
    return model_.Deliver(frame);
  }
  bool TakesOther() { return Takes({2, 0, 0x5e, 0x10, 0x20, 0x31}); }
  bool TakesOwn() { return Takes({2, 0, 0x5e, 0x10, 0x20, 0x30}); }
  bool TakesBroadcast() { return Takes({255, 255, 255, 255, 255, 255}); }
  bool TakesGroup() { return Takes({1, 0, 0x5e, 0, 0, 0xfb}); }
};

TEST_F(EthFilter, TakesItsOwnAddressAndBroadcast) {
  Start();
  EXPECT_TRUE(TakesOwn());
  EXPECT_FALSE(TakesOther());
  EXPECT_TRUE(TakesBroadcast());
  EXPECT_FALSE(TakesGroup());
  Filter(kFfNoBroadcast);
  EXPECT_FALSE(TakesBroadcast());
  Filter(kFfAllMulticast);
  EXPECT_TRUE(TakesGroup());
  Filter(kFfInverse);
  EXPECT_FALSE(TakesOwn());
  EXPECT_TRUE(TakesOther());
  Filter(kFfPromiscuous);
  EXPECT_TRUE(TakesOther());
}

TEST_F(EthFilter, ReceiveAllTellsWhichFailed) {
  Start();
  Filter(kFfReceiveAll);
  EXPECT_TRUE(TakesOther());
  bench_.RunFor(kLong);
  EXPECT_NE(rx_[0].words[0] & kRdFilterFail, 0u);
}

TEST_F(EthFilter, HasThreeMoreAddresses) {
  Start();
  Set(0x4c, 0x105e'0002);
  Set(0x48, 0x3120 | kAddressEnable);
  EXPECT_TRUE(TakesOther());
  Set(0x48, 0x3120);
  EXPECT_FALSE(TakesOther());
  Set(0x48, 0xff20 | kAddressEnable | 1u << 29);
  EXPECT_TRUE(TakesOther()) << "the last byte is masked";
}

TEST_F(EthFilter, ComparesSources) {
  Start();
  Set(0x4c, 0x0000'0002);
  Set(0x48, 0x0100 | kAddressEnable | kAddressOfSource);
  Filter(kFfSource);
  EXPECT_TRUE(TakesOwn());
  Filter(kFfSource | kFfSourceInverse);
  EXPECT_FALSE(TakesOwn());
}

// The examples of RM0090 33.5.5.
TEST_F(EthFilter, HashesAsTheManualSays) {
  EXPECT_EQ(EthernetHash(ToBytes({0x1f, 0x52, 0x41, 0x9c, 0xb6, 0xaf})), 0x2cu);
  EXPECT_EQ(EthernetHash(ToBytes({0xa0, 0x0a, 0x98, 0x00, 0x00, 0x45})), 0x07u);
}

TEST_F(EthFilter, LooksIntoTheHashTable) {
  Start();
  Set(kMachtlr, 1u << 7);
  Filter(kFfHashUnicast);
  EXPECT_TRUE(Takes({0xa0, 0x0a, 0x98, 0x00, 0x00, 0x45}));
  EXPECT_FALSE(TakesOwn());
  Filter(kFfHashUnicast | kFfHashOrPerfect);
  EXPECT_TRUE(TakesOwn());
  Set(kMachthr, 1u << 12);
  Filter(kFfHashMulticast);
  EXPECT_TRUE(Takes({0x1f, 0x52, 0x41, 0x9c, 0xb6, 0xaf}));
  EXPECT_FALSE(TakesGroup());
}

}  // namespace
}  // namespace test
