// The STM32 Ethernet model's transmit side.
#include "tests/vboard/stm32_eth_bench.h"

namespace test {
namespace {

using namespace stm32_eth;
using testing::ElementsAreArray;
using testing::IsEmpty;
using testing::SizeIs;

constexpr VirtualTime kLong = 200 * kMicrosecond;

class EthTransmit : public Stm32EthTest {
 protected:
  // Part of a frame: FS and LS as told.
  void GivePart(size_t i, base::ConstByteSpan part, uint32_t control) {
    Give(i, part);
    tx_[i].words[0] = (tx_[i].words[0] & ~0x7000'0000u) | control;
  }
  ByteVector SentOnly() {
    EXPECT_THAT(model_.sent(), SizeIs(1));
    return model_.sent().empty() ? ByteVector{} : model_.sent().front();
  }
};

TEST_F(EthTransmit, FirstStandsOnlyAtTheBegin) {
  Start();
  const ByteVector frame = Frame(301);
  GivePart(1, std::span(frame).subspan(33), kTdFirst | kTdLast);
  GivePart(0, std::span(frame).first(33), kTdFirst);
  Set(kDmatpdr, 1);
  ExpectViolation("TX descriptor with FS within a frame");
}

TEST_F(EthTransmit, PartsInSeveralDescriptorsAreOneFrame) {
  Start();
  const ByteVector frame = Frame(301);
  GivePart(2, std::span(frame).subspan(120), kTdLast | kTdInterrupt);
  GivePart(1, std::span(frame).subspan(33, 87), 0);
  GivePart(0, std::span(frame).first(33), kTdFirst);
  Set(kDmatpdr, 1);
  EXPECT_EQ(tx_[0].words[0], 0u) << "given back as soon as it is read";
  EXPECT_EQ(tx_[1].words[0], 0u);
  EXPECT_NE(tx_[2].words[0] & kOwn, 0u) << "only with the status of the frame";
  bench_.RunFor(kLong);
  EXPECT_EQ(tx_[2].words[0], 0u);
  EXPECT_THAT(SentOnly(), ElementsAreArray(frame));
}

TEST_F(EthTransmit, TwoBuffersOfOneDescriptor) {
  Start();
  const ByteVector frame = Frame(200);
  Give(0, frame);
  tx_[0].words[1] = 57 | 143u << 16;
  tx_[0].words[3] = tx_[0].words[2] + 57;
  Set(kDmatpdr, 1);
  bench_.RunFor(kLong);
  EXPECT_THAT(SentOnly(), ElementsAreArray(frame));
}

TEST_F(EthTransmit, AChainGoesOnAtItsPointerAndTheRingAtItsBase) {
  Start();
  Give(0, Frame(60), kTdChained);
  tx_[0].words[3] = LowMemory::AddressOf(&tx_[3]);
  Give(3, Frame(70));
  Set(kDmatpdr, 1);
  bench_.RunFor(kLong);
  Send(0, Frame(80));
  bench_.RunFor(kLong);
  ASSERT_THAT(model_.sent(), SizeIs(3));
  EXPECT_THAT(model_.sent()[1], SizeIs(70));
  EXPECT_THAT(model_.sent()[2], SizeIs(80));
}

TEST_F(EthTransmit, SkipsWordsBetweenDescriptors) {
  Reset();
  LinkUp();
  Set(kDmabmr, 0x0002'2000 | 4u << 2);  // normal ones of four words, four words apart
  MakeRings();
  Set(kMaccr, 0xc808);
  Set(kDmaomr, kOmTransmit | kOmTransmitStore);
  Give(0, Frame(60));
  Give(1, Frame(61));
  Set(kDmatpdr, 1);
  bench_.RunFor(kLong);
  EXPECT_THAT(model_.sent(), SizeIs(2));
}

TEST_F(EthTransmit, ShortFramesArePadded) {
  Start();
  Send(0, Frame(20));
  bench_.RunFor(kLong);
  ByteVector expected = Frame(20);
  expected.resize(60);
  EXPECT_THAT(SentOnly(), ElementsAreArray(expected));
}

TEST_F(EthTransmit, WithoutPadAndCheckSequenceThePartnerDropsIt) {
  Start();
  Send(0, Frame(60), kTdNoCrc | kTdNoPad);
  bench_.RunFor(kLong);
  EXPECT_THAT(model_.sent(), IsEmpty());
  ByteVector frame = Frame(60);
  AppendFcs(frame);
  Send(1, frame, kTdNoCrc | kTdNoPad);
  bench_.RunFor(kLong);
  EXPECT_THAT(SentOnly(), ElementsAreArray(Frame(60)));
}

TEST_F(EthTransmit, AnIdleDmaSleepsUntilItIsPolled) {
  Start();
  EXPECT_TRUE(Shows(kSrNoTransmitBuffer));
  Give(0, Frame(60));
  bench_.RunFor(kLong);
  EXPECT_THAT(model_.sent(), IsEmpty());
  Set(kDmatpdr, 1);
  bench_.RunFor(kLong);
  EXPECT_THAT(model_.sent(), SizeIs(1));
}

TEST_F(EthTransmit, TheSecondFrameFollowsAtOnceWithTheGap) {
  Start(0, kOmSecondFrame);
  for (size_t i = 0; i < 3; ++i) {
    Give(i, Frame(1514));
  }
  Set(kDmatpdr, 1);
  // 1538 bytes of 80 ns each, preamble, check sequence and gap included.
  bench_.RunFor(3 * 1538 * 80'000 + 5 * kMicrosecond);
  EXPECT_THAT(model_.sent(), SizeIs(3));
}

TEST_F(EthTransmit, TenMegabitTakeTenTimesAsLong) {
  Start();
  bench_.RunFor(10 * kMicrosecond);
  Set(kMaccr, 0x880c);
  Send(0, Frame(1514));
  bench_.RunFor(1200 * kMicrosecond);
  EXPECT_NE(tx_[0].words[0] & kOwn, 0u);
  bench_.RunFor(50 * kMicrosecond);
  EXPECT_EQ(tx_[0].words[0] & kOwn, 0u);
  EXPECT_THAT(model_.sent(), IsEmpty()) << "the PHY runs at 100 Mbit/s";
}

TEST_F(EthTransmit, WhatTheDmaOwnsIsNotToBeChanged) {
  Start();
  Send(0, Frame(60));
  tx_[0].words[1] = 61;
  bench_.RunFor(kLong);
  ExpectViolation("written while the DMA owned it");
}

TEST_F(EthTransmit, TheFirstDescriptorIsGivenLast) {
  Start();
  GivePart(0, Frame(33), kTdFirst);
  Set(kDmatpdr, 1);
  EXPECT_TRUE(Shows(kSrUnderflow | kSrNoTransmitBuffer));
  ExpectViolation("before all of them");
}

TEST_F(EthTransmit, AFrameBeginsWithFirst) {
  Start();
  Give(0, Frame(60));
  tx_[0].words[0] &= ~kTdFirst;
  Set(kDmatpdr, 1);
  ExpectViolation("frame begins with a TX descriptor without FS");
}

TEST_F(EthTransmit, ADescriptorHasABuffer) {
  Start();
  Give(0, Frame(60));
  tx_[0].words[1] = 0;
  Set(kDmatpdr, 1);
  ExpectViolation("given to the DMA without a buffer");
  bench_.violations.Clear();
}

TEST_F(EthTransmit, ReservedBitsOfADescriptor) {
  Start();
  Send(0, Frame(60), 1u << 24);
  ExpectViolation("reserved bits are set");
}

TEST_F(EthTransmit, AnInterruptOnlyWhenAskedFor) {
  Start();
  Give(0, Frame(60));
  tx_[0].words[0] &= ~kTdInterrupt;
  Set(kDmatpdr, 1);
  bench_.RunFor(kLong);
  EXPECT_EQ(tx_[0].words[0], 0u);
  EXPECT_FALSE(Shows(kSrTransmitted));
}

TEST_F(EthTransmit, TheLineFollowsTheEnabledSources) {
  Start();
  Set(kDmasr, kSrClearable);
  Set(kDmaier, kSrNormal | kSrTransmitted);
  Send(0, Frame(60));
  EXPECT_FALSE(model_.interrupt_line());
  bench_.RunFor(kLong);
  EXPECT_TRUE(model_.interrupt_line());
  EXPECT_TRUE(Shows(kSrNormal));
  Set(kDmasr, kSrTransmitted);
  EXPECT_TRUE(model_.interrupt_line()) << "NIS stays until it is cleared";
  Set(kDmasr, kSrNormal);
  EXPECT_FALSE(model_.interrupt_line());
}

TEST_F(EthTransmit, ADeadLineNeverRises) {
  Start();
  model_.SetFaults({.dead_interrupt = true});
  Set(kDmaier, kSrNormal | kSrTransmitted);
  Send(0, Frame(60));
  bench_.RunFor(kLong);
  EXPECT_FALSE(model_.interrupt_line());
}

TEST_F(EthTransmit, AnUnderflowSuspendsUntilItIsPolled) {
  Start();
  model_.FailTransmits(kTdUnderflow);
  Give(1, Frame(61));
  Send(0, Frame(60));
  bench_.RunFor(kLong);
  EXPECT_EQ(tx_[0].words[0], kTdUnderflow | kTdErrorSummary);
  EXPECT_TRUE(Shows(kSrUnderflow));
  EXPECT_THAT(model_.sent(), IsEmpty());
  Set(kDmatpdr, 1);
  bench_.RunFor(kLong);
  EXPECT_THAT(SentOnly(), SizeIs(61));
}

TEST_F(EthTransmit, AMemoryThatIsNotThereKillsTheDma) {
  Start();
  Give(0, Frame(60));
  tx_[0].words[2] = 0x1000'0000;
  Set(kDmatpdr, 1);
  EXPECT_EQ(Get(kDmasr) & kSrErrorBits, kSrErrorInTransmit | kSrErrorInRead);
  EXPECT_TRUE(Shows(kSrBusError));
  EXPECT_EQ(Get(kDmasr) >> 20 & 7, 0u);
  Send(0, Frame(60));
  bench_.RunFor(kLong);
  EXPECT_THAT(model_.sent(), IsEmpty());
}

TEST_F(EthTransmit, AJabberIsCut) {
  Start();
  const ByteVector part(1500);
  GivePart(1, part, kTdLast);
  GivePart(0, Frame(1500), kTdFirst);
  Set(kDmatpdr, 1);
  bench_.RunFor(3 * kLong);
  EXPECT_EQ(tx_[1].words[0], kTdJabber | kTdErrorSummary);
  EXPECT_TRUE(Shows(kSrJabber));
}

TEST_F(EthTransmit, AStopLetsTheFrameEnd) {
  Start();
  Send(0, Frame(60));
  Set(kDmaomr, 0x0220'0002);
  EXPECT_FALSE(Shows(kSrTransmitStopped));
  bench_.RunFor(kLong);
  EXPECT_THAT(model_.sent(), SizeIs(1));
  EXPECT_TRUE(Shows(kSrTransmitStopped));
  EXPECT_EQ(Get(kDmasr) >> 20 & 7, 0u);
  Give(1, Frame(61));
  Set(kDmaomr, 0x0220'2002);
  bench_.RunFor(kLong);
  EXPECT_THAT(model_.sent(), SizeIs(2)) << "it goes on where it stopped";
}

TEST_F(EthTransmit, TheMacWaitsWithoutItsTransmitter) {
  Start();
  bench_.RunFor(kMicrosecond);
  Set(kMaccr, 0xc804);
  Send(0, Frame(60));
  bench_.RunFor(kLong);
  EXPECT_THAT(model_.sent(), IsEmpty());
  Set(kMaccr, 0xc80c);
  bench_.RunFor(kLong);
  EXPECT_THAT(model_.sent(), SizeIs(1));
}

TEST_F(EthTransmit, AFlushGivesTheFrameBack) {
  Start();
  Send(0, Frame(1514));
  Set(kDmaomr, 0x0230'2002);
  bench_.RunFor(kLong);
  EXPECT_EQ(tx_[0].words[0], kTdFlushed | kTdUnderflow | kTdErrorSummary);
  EXPECT_THAT(model_.sent(), IsEmpty());
}

TEST_F(EthTransmit, ControlBitsStayWhereSiliconKeepsThem) {
  Start();
  model_.KeepTransmitControl(true);
  Send(0, Frame(60));
  bench_.RunFor(kLong);
  EXPECT_EQ(tx_[0].words[0], 0x7000'0000u);
}

TEST_F(EthTransmit, LoopbackOfTheMacGoesThroughTheFilter) {
  Start(kCrLoopback);
  Send(0, Frame(60));
  bench_.RunFor(kLong);
  EXPECT_THAT(model_.sent(), IsEmpty());
  EXPECT_EQ(LengthOf(rx_[0]), 64u);
  ByteVector other = Frame(60);
  other[5] = std::byte{9};
  Send(1, other);
  bench_.RunFor(kLong);
  EXPECT_NE(rx_[1].words[0] & kOwn, 0u);
}

TEST_F(EthTransmit, LoopbackOfThePhyNeedsNoCable) {
  Start();
  model_.Unplug();
  bench_.phy.Write(0, 0x6100);
  Send(0, Frame(60));
  bench_.RunFor(kLong);
  EXPECT_EQ(LengthOf(rx_[0]), 64u);
  EXPECT_THAT(model_.sent(), IsEmpty());
}

TEST_F(EthTransmit, WithoutACableNothingArrives) {
  Start();
  model_.Unplug();
  Send(0, Frame(60));
  bench_.RunFor(kLong);
  EXPECT_EQ(tx_[0].words[0], 0u) << "full duplex does not notice";
  EXPECT_THAT(model_.sent(), IsEmpty());
}

constexpr PhyPartner kForcedFull{
    .negotiates = false, .abilities = 0, .speed_mbit = 100, .duplex = base::Duplex::kFull};
constexpr PhyPartner kHalf{.negotiates = true, .abilities = 0x0081};

class EthHalfDuplex : public EthTransmit {
 protected:
  void StartHalf(const PhyPartner& partner) {
    Start();
    LinkUp(partner);
    Set(kMaccr, 0xc00c);
    bench_.RunFor(kMicrosecond);
  }
};

TEST_F(EthHalfDuplex, WaitsForTheOther) {
  StartHalf(kHalf);
  ASSERT_TRUE(model_.Deliver(Frame(1514)));
  Send(0, Frame(60));
  bench_.RunFor(120 * kMicrosecond);
  EXPECT_THAT(model_.sent(), IsEmpty());
  bench_.RunFor(20 * kMicrosecond);
  EXPECT_THAT(model_.sent(), SizeIs(1));
  EXPECT_EQ(tx_[0].words[0], kTdDeferred);
}

TEST_F(EthHalfDuplex, AFullDuplexPartnerCausesLateCollisions) {
  StartHalf(kForcedFull);
  Send(0, Frame(1514));
  bench_.RunFor(50 * kMicrosecond);
  ASSERT_TRUE(model_.Deliver(Frame(1514)));
  bench_.RunFor(2 * kLong);
  EXPECT_EQ(tx_[0].words[0], kTdLateCollision | kTdErrorSummary);
  EXPECT_EQ(Get(kMmcrfcecr), 1u);
  EXPECT_THAT(model_.sent(), IsEmpty());
}

TEST_F(EthHalfDuplex, AnEarlyCollisionIsTriedAgain) {
  StartHalf(kForcedFull);
  Send(0, Frame(1514));
  bench_.RunFor(8 * kMicrosecond);
  ASSERT_TRUE(model_.Deliver(Frame(60)));
  bench_.RunFor(2 * kLong);
  EXPECT_EQ(tx_[0].words[0], 1u << kTdCollisionShift);
  EXPECT_THAT(model_.sent(), SizeIs(1));
  EXPECT_EQ(Get(kMmctgfsccr), 1u);
}

TEST_F(EthHalfDuplex, WithoutALinkThereIsNoCarrier) {
  StartHalf(kHalf);
  model_.Unplug();
  Send(0, Frame(60));
  bench_.RunFor(kLong);
  EXPECT_EQ(tx_[0].words[0], kTdNoCarrier | kTdErrorSummary);
}

class EthPause : public EthTransmit {
 protected:
  static ByteVector PauseFrame(int quanta) {
    ByteVector frame(60);
    std::ranges::copy(ToBytes({1, 0x80, 0xc2, 0, 0, 1, 2, 0, 0, 0, 0, 1, 0x88, 8, 0, 1, 0, quanta}),
                      frame.begin());
    return frame;
  }
};

TEST_F(EthPause, TheTransmitterWaitsAsLongAsAsked) {
  Start();
  Set(kMacfcr, kFcReceive);
  ASSERT_TRUE(model_.Deliver(PauseFrame(100)));
  bench_.RunFor(10 * kMicrosecond);
  EXPECT_NE(rx_[0].words[0] & kOwn, 0u) << "no frame for the application";
  Send(0, Frame(60));
  bench_.RunFor(500 * kMicrosecond);
  EXPECT_THAT(model_.sent(), IsEmpty());
  bench_.RunFor(20 * kMicrosecond);
  EXPECT_THAT(model_.sent(), SizeIs(1));
}

TEST_F(EthPause, IsSentOnRequest) {
  Start();
  Set(kMacfcr, 0x1234'0000 | kFcTransmit);
  bench_.RunFor(kMicrosecond);
  Set(kMacfcr, 0x1234'0000 | kFcTransmit | kFcBusy);
  ByteVector head = PauseFrame(0);
  const ByteVector sent = SentOnly();
  ASSERT_THAT(sent, SizeIs(60));
  EXPECT_EQ(sent[0], std::byte{0x01});
  EXPECT_EQ(sent[6], std::byte{0x02});
  EXPECT_EQ(sent[16], std::byte{0x12});
  EXPECT_EQ(sent[17], std::byte{0x34});
}

}  // namespace
}  // namespace test
