// Rules of the ENC28J60 datasheet (DS39662E) that its model enforces: SPI, registers, resets, PHY.
#include "tests/vboard/enc28j60_host.h"

namespace test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Enc28j60ModelTest : public Enc28j60Test {};

TEST_F(Enc28j60ModelTest, RegistersHaveTheirResetValues) {
  EXPECT_EQ(GetPointer(0x000), 0x05fa);
  EXPECT_EQ(GetPointer(0x008), 0x05fa);
  EXPECT_EQ(GetPointer(0x00a), 0x1fff);
  EXPECT_EQ(Get(0x118), 0xa1);
  EXPECT_EQ(GetPointer(0x20a), 0x0600);
  EXPECT_EQ(Get(0x312), 6);
  EXPECT_EQ(Get(0x01e), 0x80);
  EXPECT_THAT(violations_.texts(), IsEmpty());
}

TEST_F(Enc28j60ModelTest, SameAddressIsAnotherRegisterInEachBank) {
  Put(0x000, 0x11);
  Put(0x100, 0x22);
  Put(0x200, 0x0d);
  Put(0x300, 0x44);
  EXPECT_EQ(Get(0x000), 0x11);
  EXPECT_EQ(Get(0x100), 0x22);
  EXPECT_EQ(Get(0x200), 0x0d);
  EXPECT_EQ(Get(0x300), 0x44);
}

TEST_F(Enc28j60ModelTest, CommonRegistersAreInEachBank) {
  for (int bank = 0; bank < 4; ++bank) {
    SelectBank(bank);
    Spi({0x40 | 0x1b, 0x40 | bank});
    EXPECT_EQ(Spi({0x1b}, 1), 0x40 | bank);
  }
}

TEST_F(Enc28j60ModelTest, MacRegisterComesBehindADummyByte) {
  Put(0x204, 0x15);
  EXPECT_EQ(Spi({0x04}, 2), 0x15);
  EXPECT_THAT(violations_.texts(), IsEmpty());
  Spi({0x04}, 1);
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("within an instruction")));
}

TEST_F(Enc28j60ModelTest, BitFieldsOfMacRegistersAreAViolation) {
  SelectBank(2);
  SetBits(0x02, 1);
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("MACON3")));
  EXPECT_EQ(Get(0x202), 0);
}

TEST_F(Enc28j60ModelTest, ReservedAndMissingRegistersAreNotWritten) {
  Put(0x201, 1);
  Put(0x118 - 0x100, 1);
  EXPECT_THAT(violations_.texts(),
              ElementsAre(HasSubstr("reserved register"), HasSubstr("no register to write")));
}

TEST_F(Enc28j60ModelTest, ReservedBitsAreWrittenAsZero) {
  Put(0x01b, 0x04);
  Put(0x203, 0x03);
  EXPECT_THAT(violations_.texts(),
              ElementsAre(HasSubstr("reserved bits of EIE"), HasSubstr("reserved bits of MACON4")));
}

TEST_F(Enc28j60ModelTest, ReadOnlyRegistersAreNotWritten) {
  Put(0x119, 0);
  EXPECT_THAT(violations_.texts(), ElementsAre("ENC28J60: EPKTCNT is read-only"));
}

TEST_F(Enc28j60ModelTest, InstructionEndsWithItsByte) {
  Spi({0x40 | 0x00, 1, 2});
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("behind the end of an instruction")));
}

TEST_F(Enc28j60ModelTest, BufferReadWrapsAtTheEndOfTheReceiveBuffer) {
  PutPointer(0x008, 0);
  PutPointer(0x00a, 0x0fff);
  PutPointer(0x002, 0x0ffe);
  WriteBuffer(ToBytes({1, 2, 3}));  // writing does not wrap there
  PutPointer(0x002, 0);
  WriteBuffer(ToBytes({9}));
  PutPointer(0x000, 0x0ffe);
  EXPECT_THAT(ReadBuffer(3), ElementsAre(std::byte{1}, std::byte{2}, std::byte{9}));
  EXPECT_EQ(GetPointer(0x000), 1);
}

TEST_F(Enc28j60ModelTest, BufferPointerStaysWithoutAutoIncrement) {
  PutPointer(0x002, 0x100);
  WriteBuffer(ToBytes({7, 8}));
  ClearBits(0x1e, 0x80);
  PutPointer(0x000, 0x100);
  EXPECT_THAT(ReadBuffer(2), ElementsAre(std::byte{7}, std::byte{7}));
}

TEST_F(Enc28j60ModelTest, ReceivePointerTakesEffectWithItsHighByte) {
  Put(0x00c, 0xff);
  EXPECT_EQ(GetPointer(0x00c), 0x05fa);
  Put(0x00d, 0x17);
  EXPECT_EQ(GetPointer(0x00c), 0x17ff);
  EXPECT_THAT(violations_.texts(), IsEmpty());
}

TEST_F(Enc28j60ModelTest, EvenReceivePointerIsAViolation) {
  PutPointer(0x00c, 0x0100);
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("erratum 14")));
}

TEST_F(Enc28j60ModelTest, ReceiveBufferNotAtZeroIsAViolation) {
  PutPointer(0x008, 0x1000);
  SetBits(0x1f, 0x04);
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("erratum 5")));
  EXPECT_EQ(GetPointer(0x00e), 0);
}

TEST_F(Enc28j60ModelTest, ReceiveBufferIsNotMovedWhileReceiving) {
  Start();
  PutPointer(0x00a, 0x0fff);
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("RXEN is set")));
}

TEST_F(Enc28j60ModelTest, OscillatorNeeds300MicrosecondsAfterPowerOn) {
  chip_.PowerOn();
  EXPECT_EQ(Get(0x01d) & 1, 0);
  Put(0x000, 0x12);  // ETH registers answer
  EXPECT_EQ(Get(0x000), 0x12);
  EXPECT_THAT(violations_.texts(), IsEmpty());
  Get(0x200);
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("MACON1 used before")));
  clock_.Pass(300 * kMicrosecond);
  EXPECT_EQ(Get(0x01d) & 1, 1);
}

TEST_F(Enc28j60ModelTest, SoftResetTakesAMillisecondWhateverClkrdySays) {
  Put(0x118, 0);
  Spi({0xff});
  EXPECT_EQ(Get(0x118), 0xa1);
  EXPECT_EQ(Get(0x01d) & 1, 1);
  clock_.Pass(900 * kMicrosecond);
  SetBits(0x1f, 0x04);
  EXPECT_THAT(violations_.texts(), Contains(HasSubstr("RXEN set before")));
  violations_.Clear();
  Spi({0xff});
  clock_.Pass(kMillisecond);
  SetBits(0x1f, 0x04);
  Get(0x202);
  EXPECT_THAT(violations_.texts(), Not(Contains(HasSubstr("before"))));
}

TEST_F(Enc28j60ModelTest, ResetPinHoldsTheChip) {
  Put(0x118, 0);
  chip_.SetResetPin(false);
  EXPECT_EQ(Get(0x118), 0xff);
  chip_.SetResetPin(true);
  EXPECT_EQ(Get(0x118), 0xa1);
  Get(0x202);
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("MACON3 used before")));
}

TEST_F(Enc28j60ModelTest, SpiHasLimits) {
  spi_.SetRate(21'000'000);
  Get(0x312);
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("above 20 MHz")));
  violations_.Clear();
  spi_.SetRate(5'000'000);
  Get(0x200);
  EXPECT_THAT(violations_.texts(), IsEmpty());
  chip_.SetRevision(Enc28j60Revision::kB4);
  Get(0x200);
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("erratum 1")));
}

TEST_F(Enc28j60ModelTest, ChipSelectHasTimes) {
  const auto exchange = [this](int byte) {
    clock_.Pass(DurationOf(8, 10'000'000));
    chip_.Exchange(static_cast<std::byte>(byte));
  };
  SelectBank(2);
  clock_.Pass(kMicrosecond);
  chip_.Select();
  exchange(0x44);
  exchange(0x12);
  chip_.Deselect();
  EXPECT_THAT(violations_.texts(),
              ElementsAre(HasSubstr("50 ns behind CS"), HasSubstr("210 ns behind a MAC")));
  violations_.Clear();
  clock_.Pass(Enc28j60Model::kDeselected - 1);
  chip_.Select();
  clock_.Pass(Enc28j60Model::kSelectSetup);
  exchange(0x5b);
  exchange(0x00);
  clock_.Pass(Enc28j60Model::kSelectHold);
  chip_.Deselect();
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("CS high for less")));
}

TEST_F(Enc28j60ModelTest, PhyIsReachedThroughTheMiiRegisters) {
  EXPECT_EQ(ReadPhy(2), 0x0083);
  EXPECT_EQ(ReadPhy(3), 0x1400);
  WritePhy(0x14, 0x3476);
  EXPECT_EQ(ReadPhy(0x14), 0x3476);
  EXPECT_THAT(violations_.texts(), IsEmpty());
}

TEST_F(Enc28j60ModelTest, MiiIsBusyForTenMicroseconds) {
  Put(0x214, 2);
  spi_.SetRate(20'000'000);
  Put(0x212, 1);
  EXPECT_EQ(Get(0x30a) & 1, 1);
  Get(0x218);
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("MIRD read while")));
  violations_.Clear();
  clock_.Pass(11 * kMicrosecond);
  EXPECT_EQ(Get(0x30a), 0);
  EXPECT_EQ(Get(0x218), 0x83);
  EXPECT_THAT(violations_.texts(), IsEmpty());
}

TEST_F(Enc28j60ModelTest, SecondMiiOperationWaitsForTheFirst) {
  spi_.SetRate(20'000'000);
  SelectBank(2);
  Spi({0x54, 0x14});
  Spi({0x56, 0x76});
  Spi({0x57, 0x34});
  Spi({0x57, 0x34});
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("while MISTAT.BUSY")));
}

TEST_F(Enc28j60ModelTest, ReadNeedsMiirdClearedInBetween) {
  EXPECT_EQ(ReadPhy(2), 0x0083);
  Put(0x214, 3);
  Put(0x212, 1);
  clock_.Pass(11 * kMicrosecond);
  Put(0x214, 2);
  Put(0x212, 1);  // no edge, no operation
  clock_.Pass(11 * kMicrosecond);
  EXPECT_EQ(GetPointer(0x218), 0x1400);
}

TEST_F(Enc28j60ModelTest, ReservedPhyBitsKeepTheirValue) {
  WritePhy(0x14, 0x0476);
  WritePhy(0x00, 0x0080);
  WritePhy(0x05, 0);
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("PHLCON"), HasSubstr("PHCON1"),
                                               HasSubstr("no PHY register 5")));
}

TEST_F(Enc28j60ModelTest, LatchedLinkShowsThatItWasGone) {
  EXPECT_EQ(ReadPhy(1) & 4, 0);  // not since the last look
  EXPECT_EQ(ReadPhy(1) & 4, 4);
  chip_.Unplug();
  chip_.PlugIn({});
  EXPECT_EQ(ReadPhy(0x11) & 0x400, 0x400);
  EXPECT_EQ(ReadPhy(1) & 4, 0);
  EXPECT_EQ(ReadPhy(1) & 4, 4);
}

TEST_F(Enc28j60ModelTest, LinkChangePullsIntUntilPhirIsRead) {
  WritePhy(0x12, 0x12);
  ReadPhy(0x13);
  Put(0x01b, 0x90);  // INTIE, LINKIE
  EXPECT_TRUE(chip_.interrupt_pin());
  chip_.Unplug();
  EXPECT_FALSE(chip_.interrupt_pin());
  EXPECT_EQ(Get(0x01c) & 0x10, 0x10);
  ClearBits(0x1c, 0x10);  // LINKIF is read-only
  EXPECT_FALSE(chip_.interrupt_pin());
  EXPECT_EQ(ReadPhy(0x13), 0x14);
  EXPECT_TRUE(chip_.interrupt_pin());
}

TEST_F(Enc28j60ModelTest, PartnerWithout10BaseTGivesNoLink) {
  chip_.PlugIn({.negotiates = false, .speed_mbit = 100});
  EXPECT_EQ(ReadPhy(0x11) & 0x400, 0);
  chip_.PlugIn({.negotiates = true, .abilities = 0x0181});
  EXPECT_EQ(ReadPhy(0x11) & 0x400, 0);
}

TEST_F(Enc28j60ModelTest, FaultsOfTheWiresAreSeenOnThem) {
  EXPECT_FALSE(chip_.SetFault("no-such-fault", true));
  ASSERT_TRUE(chip_.SetFault("no-chip", true));
  EXPECT_EQ(Get(0x312), 0xff);
  chip_.SetFault("no-chip", false);
  ASSERT_TRUE(chip_.SetFault("miso-stuck-low", true));
  EXPECT_EQ(Get(0x312), 0);
  chip_.SetFault("miso-stuck-low", false);
  ASSERT_TRUE(chip_.SetFault("wrong-revision", true));
  EXPECT_EQ(Get(0x312), 3);
  chip_.SetFault("wrong-revision", false);
  EXPECT_EQ(Get(0x312), 6);
}

}  // namespace
}  // namespace test
