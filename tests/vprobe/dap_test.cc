#include "tests/support/vprobe/dap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/vprobe/wires.h"

namespace test {
namespace {

using testing::ElementsAre;

constexpr uint8_t kReadAp = kRequestAp | kRequestRead;
constexpr uint8_t kReadDrw = kReadAp | kApDrw;
constexpr uint8_t kWriteDrw = kRequestAp | kApDrw;
constexpr uint8_t kWriteTar = kRequestAp | kApTar;
constexpr uint8_t kReadIdr = kRequestRead | kDpIdr;
constexpr uint8_t kAckOk = 1;
constexpr uint8_t kAckWait = 2;
constexpr uint8_t kAckFault = 4;

// Puts the little-endian bytes of a word behind `packet`.
Bytes operator+(Bytes packet, uint32_t word) {
  for (int shift = 0; shift < 32; shift += 8) {
    packet.push_back(static_cast<uint8_t>(word >> shift));
  }
  return packet;
}

Bytes operator+(Bytes packet, const Bytes& more) {
  packet.insert(packet.end(), more.begin(), more.end());
  return packet;
}

TEST(Dap, TellsItsPacketSizeAndCount) {
  Wires wires(4096, {.packet_size = 512, .packet_count = 3});
  EXPECT_THAT(wires.Command({kDapInfo, kInfoPacketSize}), ElementsAre(kDapInfo, 2, 0, 2));
  EXPECT_THAT(wires.Command({kDapInfo, kInfoPacketCount}), ElementsAre(kDapInfo, 1, 3));
  EXPECT_THAT(wires.Command({kDapInfo, kInfoCapabilities}), ElementsAre(kDapInfo, 1, 1));
}

TEST(Dap, TextsEndWithAZero) {
  Wires wires(4096, {.serial = "S1"});
  EXPECT_THAT(wires.Command({kDapInfo, kInfoSerial}), ElementsAre(kDapInfo, 3, 'S', '1', 0));
  EXPECT_THAT(wires.Command({kDapInfo, 0x05}), ElementsAre(kDapInfo, 0));
}

TEST(Dap, UnknownShortAndLongPacketsAreInvalid) {
  Wires wires(4096, {.packet_size = 64});
  EXPECT_THAT(wires.Command({0x50}), ElementsAre(kDapInvalid));
  EXPECT_THAT(wires.Command({kDapClock, 1, 2}), ElementsAre(kDapInvalid));
  EXPECT_THAT(wires.Command({}), ElementsAre(kDapInvalid));
  EXPECT_THAT(wires.Command(Bytes(65, kDapHostStatus)), ElementsAre(kDapInvalid));
}

TEST(Dap, AbortHasNoAnswer) {
  Wires wires;
  EXPECT_EQ(wires.dap.Execute(Bytes{kDapTransferAbort}), std::nullopt);
}

TEST(Dap, OnlySwdCanBeConnected) {
  Wires wires;
  EXPECT_THAT(wires.Command({kDapConnect, 2}), ElementsAre(kDapConnect, 0));
  EXPECT_THAT(wires.Command({kDapConnect, 0}), ElementsAre(kDapConnect, kPortSwd));
  EXPECT_THAT(wires.Command({kDapDisconnect}), ElementsAre(kDapDisconnect, kDapOk));
  EXPECT_THAT(wires.Command({kDapTransfer, 0, 1, kReadIdr}), ElementsAre(kDapTransfer, 0, 0));
}

TEST(Dap, SequencesReachTheWires) {
  Wires wires;
  wires.Command({kDapConnect, kPortSwd});
  const Bytes ones = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  wires.Command(Bytes{kDapSequence, 51} + ones);
  wires.Command({kDapSequence, 16, 0x9e, 0xe7});
  // A line reset and idle clocks by the other command that can.
  EXPECT_THAT(wires.Command(Bytes{kDapSwdSequence, 3, 51} + ones + Bytes{8, 0, 0x80 | 3}),
              ElementsAre(kDapSwdSequence, kDapOk, 0xff));
  EXPECT_EQ(wires.Command({kDapTransfer, 0, 1, kReadIdr}),
            (Bytes{kDapTransfer, 1, kAckOk} + kIdcode));
}

TEST(Dap, OneTransferMixesReadsAndWrites) {
  Wires wires;
  wires.ConnectDap();
  wires.SetWord(kRam, 0xa1a2a3a4);
  wires.SetWord(kRam + 4, 0xb1b2b3b4);
  Bytes packet = Bytes{kDapTransfer, 0, 6, kWriteTar} + kRam;
  packet = packet + Bytes{kReadDrw, kReadDrw, kReadIdr, kWriteDrw} + 0xc1c2c3c4u + Bytes{kReadIdr};
  EXPECT_EQ(wires.Command(packet),
            (Bytes{kDapTransfer, 6, kAckOk} + 0xa1a2a3a4u + 0xb1b2b3b4u + kIdcode + kIdcode));
  EXPECT_EQ(wires.Word(kRam + 8), 0xc1c2c3c4u);
}

TEST(Dap, TheErrorOfALastWriteIsReported) {
  Wires wires;
  wires.ConnectDap();
  const Bytes packet = Bytes{kDapTransfer, 0, 2, kWriteTar} + kNowhere + Bytes{kWriteDrw} + 1u;
  EXPECT_THAT(wires.Command(packet), ElementsAre(kDapTransfer, 2, kAckFault));
}

// A debugger that recovers reads DPIDR while an error is pending: looking into RDBUFF behind it
// would turn a good answer into a fault.
TEST(Dap, BehindAReadOfTheDebugPortNothingIsChecked) {
  Wires wires;
  wires.ConnectDap();
  wires.Write(kApTar, kNowhere);
  wires.Write(kApDrw, 1);
  wires.LineReset();
  EXPECT_EQ(wires.Command({kDapTransfer, 0, 1, kReadIdr}),
            (Bytes{kDapTransfer, 1, kAckOk} + kIdcode));
}

TEST(Dap, ALastReadHidesTheErrorOfAWriteBeforeIt) {
  Wires wires;
  wires.ConnectDap();
  const Bytes packet =
      Bytes{kDapTransfer, 0, 3, kWriteTar} + kNowhere + Bytes{kWriteDrw} + 1u + Bytes{kReadIdr};
  EXPECT_EQ(wires.Command(packet), (Bytes{kDapTransfer, 3, kAckOk} + kIdcode));
  EXPECT_EQ(wires.CtrlStat() & kStickyError, kStickyError);
}

TEST(Dap, WaitIsTriedAgainAsOftenAsConfigured) {
  Wires wires;
  wires.ConnectDap();
  wires.Write(kApTar, kRam);
  EXPECT_THAT(wires.Command({kDapTransferConfigure, 0, 3, 0, 0, 0}),
              ElementsAre(kDapTransferConfigure, kDapOk));
  wires.faults.Set(FaultKind::kWait, 1, 3);
  EXPECT_EQ(wires.Command({kDapTransfer, 0, 1, kReadDrw}), (Bytes{kDapTransfer, 1, kAckOk} + 0u));
  EXPECT_EQ(wires.dap.counters().waits, 3u);
  wires.faults.Set(FaultKind::kWait, 1, 4);
  EXPECT_THAT(wires.Command({kDapTransfer, 0, 1, kReadDrw}),
              ElementsAre(kDapTransfer, 0, kAckWait));
}

TEST(Dap, MatchReadsUntilTheValueIsThere) {
  Wires wires;
  wires.ConnectDap();
  wires.Command({kDapTransferConfigure, 0, 0, 0, 5, 0});
  wires.SetWord(kRam + 8, 0x12345678);
  constexpr uint8_t kMatchDrw = kReadDrw | kRequestMatch;
  const Bytes mask = Bytes{kRequestMask} + 0xff00u;
  wires.Write(kApTar, kRam);
  EXPECT_THAT(wires.Command(Bytes{kDapTransfer, 0, 2} + mask + Bytes{kMatchDrw} + 0x5600u),
              ElementsAre(kDapTransfer, 2, kAckOk));
  wires.Write(kApTar, kRam);
  EXPECT_THAT(wires.Command(Bytes{kDapTransfer, 0, 2} + mask + Bytes{kMatchDrw} + 0x9900u),
              ElementsAre(kDapTransfer, 1, kAckOk | kResponseMismatch));
}

TEST(Dap, BlocksGoThroughOneRegister) {
  Wires wires;
  wires.ConnectDap();
  wires.Write(kApTar, kRam);
  EXPECT_THAT(wires.Command(Bytes{kDapTransferBlock, 0, 3, 0, kWriteDrw} + 1u + 2u + 3u),
              ElementsAre(kDapTransferBlock, 3, 0, kAckOk));
  EXPECT_EQ(wires.Word(kRam + 8), 3u);
  wires.Write(kApTar, kRam);
  EXPECT_EQ(wires.Command({kDapTransferBlock, 0, 3, 0, kReadDrw}),
            (Bytes{kDapTransferBlock, 3, 0, kAckOk} + 1u + 2u + 3u));
}

TEST(Dap, ABlockEndsAtItsError) {
  Wires wires;
  wires.ConnectDap();
  wires.SetWord(kRam + kRamSize - 4, 5);
  wires.Write(kApTar, kRam + kRamSize - 4);
  wires.faults.Set(FaultKind::kParity, 1, 1);
  EXPECT_THAT(wires.Command({kDapTransferBlock, 0, 2, 0, kReadDrw}),
              ElementsAre(kDapTransferBlock, 0, 0, static_cast<uint8_t>(Ack::kParity)));
  wires.Write(kApTar, kNowhere);
  EXPECT_THAT(wires.Command({kDapTransferBlock, 0, 2, 0, kReadDrw}),
              ElementsAre(kDapTransferBlock, 0, 0, kAckFault));
}

// Half a block must not turn into zeros in the target's memory.
TEST(Dap, ABlockThatIsCutWritesNothingThatWasNotSent) {
  Wires wires;
  wires.ConnectDap();
  wires.SetWord(kRam + 4, 0x77777777);
  wires.Write(kApTar, kRam);
  EXPECT_THAT(wires.Command(Bytes{kDapTransferBlock, 0, 2, 0, kWriteDrw} + 1u + Bytes{9}),
              ElementsAre(kDapInvalid));
  EXPECT_EQ(wires.Word(kRam), 1u);
  EXPECT_EQ(wires.Word(kRam + 4), 0x77777777u);
}

TEST(Dap, TheResetPinResetsWhenItRises) {
  Wires wires;
  EXPECT_THAT(wires.Command(Bytes{kDapPins, 0, kPinReset} + 0u), ElementsAre(kDapPins, 3));
  EXPECT_EQ(wires.debug.resets(), 0u);
  EXPECT_THAT(wires.Command(Bytes{kDapPins, kPinReset, kPinReset} + 0u),
              ElementsAre(kDapPins, 3 | kPinReset));
  EXPECT_EQ(wires.debug.resets(), 1u);
  // Not selected: only looked at.
  wires.Command(Bytes{kDapPins, 0, 0} + 0u);
  EXPECT_EQ(wires.debug.resets(), 1u);
}

}  // namespace
}  // namespace test
