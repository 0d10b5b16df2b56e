#include "tests/support/vprobe/sw_dp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/vprobe/wires.h"

namespace test {
namespace {

using testing::Optional;

TEST(SwDp, SpeaksJtagUntilItIsToldOtherwise) {
  Wires wires;
  uint32_t value = 0;
  wires.LineReset();
  EXPECT_EQ(wires.port.Read(false, kDpIdr, value), Ack::kNone);
  wires.Synchronise();
  EXPECT_EQ(wires.port.Read(false, kDpIdr, value), Ack::kOk);
  EXPECT_EQ(value, kIdcode);
}

TEST(SwDp, SelectionNeedsFiftyOnesBefore) {
  Wires wires;
  uint32_t value = 0;
  wires.Clocks(49, true);
  wires.Sequence16(0xe79e);
  wires.LineReset();
  EXPECT_EQ(wires.port.Read(false, kDpIdr, value), Ack::kNone);
}

TEST(SwDp, GoesBackToJtag) {
  Wires wires;
  wires.Connect();
  uint32_t value = 0;
  wires.Clocks(51, true);
  wires.Sequence16(0xe73c);
  wires.LineReset();
  EXPECT_EQ(wires.port.Read(false, kDpIdr, value), Ack::kNone);
}

TEST(SwDp, AfterALineResetOnlyDpidrIsAnswered) {
  Wires wires;
  wires.Connect();
  uint32_t value = 0;
  wires.LineReset();
  EXPECT_EQ(wires.port.Read(false, kDpCtrlStat, value), Ack::kNone);
  EXPECT_EQ(wires.port.Read(false, kDpIdr, value), Ack::kOk);
  EXPECT_EQ(wires.port.Read(false, kDpCtrlStat, value), Ack::kOk);
}

TEST(SwDp, AFewOnesAreNoLineReset) {
  Wires wires;
  wires.Connect();
  uint32_t value = 0;
  wires.Clocks(49, true);
  wires.Clocks(2, false);
  EXPECT_EQ(wires.port.Read(false, kDpCtrlStat, value), Ack::kOk);
}

TEST(SwDp, PowerRequestsAreAcknowledged) {
  Wires wires;
  wires.Synchronise();
  EXPECT_EQ(wires.CtrlStat(), 0u);
  EXPECT_EQ(wires.port.Write(false, kDpCtrlStat, kDebugPowerRequest | kSystemPowerRequest),
            Ack::kOk);
  EXPECT_EQ(wires.CtrlStat(), 0xf0000000u);
}

TEST(SwDp, WithoutDebugPowerTheAccessPortFaults) {
  Wires wires;
  wires.Synchronise();
  EXPECT_EQ(wires.Read(kApIdr & 0xc), std::nullopt);
  EXPECT_EQ(wires.CtrlStat() & kStickyError, kStickyError);
}

TEST(SwDp, ReadsOfTheAccessPortArePosted) {
  Wires wires;
  wires.Connect();
  wires.SetWord(kRam, 0x11111111);
  wires.SetWord(kRam + 4, 0x22222222);
  wires.Write(kApCsw, kCswWord);
  wires.Write(kApTar, kRam);
  uint32_t value = 0;
  EXPECT_EQ(wires.port.Read(true, kApDrw, value), Ack::kOk);
  EXPECT_EQ(wires.port.Read(true, kApDrw, value), Ack::kOk);
  EXPECT_EQ(value, 0x11111111u);
  EXPECT_EQ(wires.port.Read(false, kDpRdBuff, value), Ack::kOk);
  EXPECT_EQ(value, 0x22222222u);
  EXPECT_EQ(wires.port.Read(false, kDpResend, value), Ack::kOk);
  EXPECT_EQ(value, 0x22222222u);
}

TEST(SwDp, SelectChoosesBankAndPort) {
  Wires wires;
  wires.Connect();
  EXPECT_EQ(wires.port.Write(false, kDpSelect, 0xf0), Ack::kOk);
  EXPECT_THAT(wires.Read(kApIdr & 0xc), Optional(0x24770011u));
  EXPECT_EQ(wires.port.Write(false, kDpSelect, 0x010000f0), Ack::kOk);
  EXPECT_THAT(wires.Read(kApIdr & 0xc), Optional(0u));
}

TEST(SwDp, AnErrorOfAWriteShowsWithTheNextPacket) {
  Wires wires;
  wires.Connect();
  wires.Write(kApTar, kNowhere);
  EXPECT_EQ(wires.Write(kApDrw, 1), Ack::kOk);
  uint32_t value = 0;
  EXPECT_EQ(wires.port.Read(false, kDpRdBuff, value), Ack::kFault);
}

TEST(SwDp, AStickyErrorRefusesAllButThreeRegisters) {
  Wires wires;
  wires.Connect();
  wires.Write(kApTar, kNowhere);
  wires.Write(kApDrw, 1);
  uint32_t value = 0;
  EXPECT_EQ(wires.port.Write(false, kDpSelect, 0), Ack::kFault);
  EXPECT_EQ(wires.port.Read(true, kApCsw, value), Ack::kFault);
  EXPECT_EQ(wires.port.Read(false, kDpIdr, value), Ack::kOk);
  EXPECT_EQ(wires.CtrlStat() & kStickyError, kStickyError);
  EXPECT_EQ(wires.port.Write(false, kDpAbort, kClearAll), Ack::kOk);
  EXPECT_EQ(wires.CtrlStat() & kStickyError, 0u);
  EXPECT_EQ(wires.port.Write(false, kDpSelect, 0), Ack::kOk);
}

TEST(SwDp, ALineResetKeepsStickyErrors) {
  Wires wires;
  wires.Connect();
  wires.Write(kApTar, kNowhere);
  wires.Write(kApDrw, 1);
  wires.LineReset();
  uint32_t value = 0;
  EXPECT_EQ(wires.port.Read(false, kDpIdr, value), Ack::kOk);
  EXPECT_EQ(wires.CtrlStat() & kStickyError, kStickyError);
}

TEST(SwDp, PowerLossForgetsEverything) {
  Wires wires;
  wires.Connect();
  wires.Write(kApTar, kRam);
  wires.port.SetPower(false);
  uint32_t value = 0;
  EXPECT_EQ(wires.port.Read(false, kDpIdr, value), Ack::kNone);
  wires.port.SetPower(true);
  EXPECT_EQ(wires.port.Read(false, kDpIdr, value), Ack::kNone);
  wires.Synchronise();
  EXPECT_EQ(wires.CtrlStat(), 0u);
  wires.Connect();
  EXPECT_THAT(wires.Read(kApTar), Optional(0u));
}

TEST(SwDp, FaultsComeAsPlanned) {
  Wires wires;
  wires.Connect();
  uint32_t value = 0;
  wires.faults.Set(FaultKind::kWait, 1, 1);
  EXPECT_EQ(wires.port.Read(true, kApCsw, value), Ack::kWait);
  EXPECT_EQ(wires.port.Read(true, kApCsw, value), Ack::kOk);
  wires.faults.Set(FaultKind::kParity, 1, 1);
  EXPECT_EQ(wires.port.Read(false, kDpIdr, value), Ack::kParity);
  EXPECT_NE(value, kIdcode);
  wires.faults.Set(FaultKind::kNoAck, 1, 1);
  EXPECT_EQ(wires.port.Read(false, kDpIdr, value), Ack::kNone);
  wires.faults.Set(FaultKind::kFault, 1, 1);
  EXPECT_EQ(wires.port.Read(true, kApCsw, value), Ack::kFault);
  EXPECT_EQ(wires.CtrlStat() & kStickyError, kStickyError);
}

// These two are what a debugger needs to find out, and to recover.
TEST(SwDp, DpidrAndCtrlStatNeverWait) {
  Wires wires;
  wires.Connect();
  uint32_t value = 0;
  wires.faults.Set(FaultKind::kWait, 1, 100);
  EXPECT_EQ(wires.port.Read(false, kDpIdr, value), Ack::kOk);
  EXPECT_EQ(wires.port.Read(false, kDpCtrlStat, value), Ack::kOk);
  EXPECT_EQ(wires.port.Write(false, kDpAbort, kClearAll), Ack::kOk);
  EXPECT_EQ(wires.port.Read(false, kDpRdBuff, value), Ack::kWait);
}

}  // namespace
}  // namespace test
