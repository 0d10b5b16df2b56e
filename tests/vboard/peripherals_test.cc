#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/vboard/stm32f407.h"
#include "tests/vboard/program.h"

namespace test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr uint32_t kRccControl = 0x4002'3800;
constexpr uint32_t kPllConfiguration = 0x4002'3804;
constexpr uint32_t kConfiguration = 0x4002'3808;
constexpr uint32_t kApb1Reset = 0x4002'3820;
constexpr uint32_t kAhb1Enable = 0x4002'3830;
constexpr uint32_t kApb1Enable = 0x4002'3840;
constexpr uint32_t kStatusRegister = 0x4002'3874;
constexpr uint32_t kFlashAccess = 0x4002'3c00;
constexpr uint32_t kGpioD = 0x4002'0c00;
constexpr uint32_t kUsart3 = 0x4000'4800;
constexpr uint32_t kUsartData = kUsart3 + 4;
constexpr uint32_t kTim2 = 0x4000'0000;

constexpr uint32_t kHsePll = 4 | 168 << 6 | 1 << 22 | 7 << 24;

// The bus as a debugger sees it, while the core sleeps.
class PeripheralsTest : public testing::Test {
 protected:
  PeripheralsTest() {
    board_.LoadFlash(Program().Code({kWaitForInterrupt, 0xe7fd}).image());
    board_.usart(3).SetSink([this](std::byte byte) { sent_ += static_cast<char>(byte); });
  }

  uint32_t Get(uint32_t address) {
    uint32_t value = 0;
    EXPECT_TRUE(board_.Read(address, 4, value));
    return value;
  }
  void Set(uint32_t address, uint32_t value) { EXPECT_TRUE(board_.Write(address, 4, value)); }
  void StartUsart3() {
    Set(kAhb1Enable, Get(kAhb1Enable) | 1 << 3);
    Set(kApb1Enable, Get(kApb1Enable) | 1 << 18);
    Set(kGpioD, 2 << 16 | 2 << 18);  // PD8 and PD9: alternate function
    Set(kGpioD + 0x24, 7 | 7 << 4);  // 7
    Set(kUsart3 + 8, 139);           // 115108 baud from 16 MHz
    Set(kUsart3 + 0xc, 0x202c);      // UE, TE, RE, RXNEIE
  }
  void ReceiveText(const std::string& text) {
    board_.usart(3).Receive(std::as_bytes(std::span(text)));
  }

  Stm32f407 board_;
  std::string sent_;
};

TEST_F(PeripheralsTest, RegisterWithoutItsClockIsAViolation) {
  Set(kTim2, 1);
  EXPECT_EQ(Get(kTim2), 0u);
  EXPECT_THAT(board_.violations(),
              ElementsAre("TIM2 written without its clock", "TIM2 read without its clock"));
}

TEST_F(PeripheralsTest, PeripheralHeldInResetTakesNothing) {
  Set(kApb1Enable, 1);
  Set(kTim2 + 0x34, 5);
  Set(kApb1Reset, 1);
  Set(kApb1Reset, 0);
  EXPECT_EQ(Get(kTim2 + 0x34), 0u);
  EXPECT_THAT(board_.violations(), IsEmpty());
}

TEST_F(PeripheralsTest, NothingAtAnAddressIsABusError) {
  uint32_t value = 0;
  EXPECT_FALSE(board_.Read(0x4004'0000, 4, value));
  EXPECT_FALSE(board_.Read(0x3000'0000, 4, value));
}

TEST_F(PeripheralsTest, CrystalAndPllGive168Megahertz) {
  Set(kRccControl, Get(kRccControl) | 1 << 16);
  EXPECT_EQ(Get(kRccControl) >> 17 & 1, 0u);
  board_.RunFor(3 * kMillisecond);
  EXPECT_EQ(Get(kRccControl) >> 17 & 1, 1u);
  Set(kPllConfiguration, kHsePll);
  Set(kRccControl, Get(kRccControl) | 1 << 24);
  board_.RunFor(kMillisecond);
  EXPECT_EQ(Get(kRccControl) >> 25 & 1, 1u);
  Set(kFlashAccess, 5);
  Set(kConfiguration, 5 << 10 | 4 << 13);
  Set(kConfiguration, 5 << 10 | 4 << 13 | 2);

  EXPECT_EQ(Get(kConfiguration) >> 2 & 3, 2u);
  EXPECT_EQ(board_.hclk(), 168'000'000u);
  EXPECT_EQ(board_.rcc().pclk1(), 42'000'000u);
  EXPECT_EQ(board_.rcc().pclk2(), 84'000'000u);
  EXPECT_EQ(board_.rcc().timer1_hertz(), 84'000'000u);
  EXPECT_THAT(board_.violations(), IsEmpty());
}

TEST_F(PeripheralsTest, FastClockWithoutWaitStatesOrDividersIsAViolation) {
  Set(kPllConfiguration, 8 | 168 << 6 | 7 << 24);
  Set(kRccControl, Get(kRccControl) | 1 << 24);
  board_.RunFor(kMillisecond);
  Set(kConfiguration, 2);
  EXPECT_THAT(board_.violations(), Contains(HasSubstr("LATENCY")));
  EXPECT_THAT(board_.violations(), Contains(HasSubstr("PCLK1")));
}

TEST_F(PeripheralsTest, BrokenCrystalNeverGetsReady) {
  board_.rcc().BreakHse();
  Set(kRccControl, Get(kRccControl) | 1 << 16);
  board_.RunFor(100 * kMillisecond);
  EXPECT_EQ(Get(kRccControl) >> 17 & 1, 0u);
}

TEST_F(PeripheralsTest, ResetCauseStaysUntilItIsRemoved) {
  board_.PowerCycle();
  EXPECT_EQ(Get(kStatusRegister) >> 24, 0x0eu);
  Set(kStatusRegister, 1 << 24);
  EXPECT_EQ(Get(kStatusRegister) >> 24, 0u);
  board_.Reset(false);
  EXPECT_EQ(Get(kStatusRegister) >> 24, 0x14u);
}

TEST_F(PeripheralsTest, IdentityOfTheChip) {
  EXPECT_EQ(Get(0xe004'2000), 0x1007'6413u);
  EXPECT_EQ(Get(0x1fff'7a20) >> 16, 1024u);
  EXPECT_NE(Get(Stm32f407::kUniqueId), 0xffff'ffffu);
}

TEST_F(PeripheralsTest, UsartSendsAtItsRate) {
  StartUsart3();
  Set(kUsartData, 'a');
  EXPECT_EQ(Get(kUsart3) & 0xc0, 0x80u) << "moved to the shift register at once: TXE, not TC";
  Set(kUsartData, 'b');
  EXPECT_EQ(Get(kUsart3) & 0xc0, 0u);
  board_.RunFor(86 * kMicrosecond);
  EXPECT_EQ(sent_, "");
  board_.RunFor(kMicrosecond);
  EXPECT_EQ(sent_, "a");
  board_.RunFor(87 * kMicrosecond);
  EXPECT_EQ(sent_, "ab");
  EXPECT_EQ(Get(kUsart3) & 0xc0, 0xc0u);
  EXPECT_THAT(board_.violations(), IsEmpty());
}

TEST_F(PeripheralsTest, UsartOverwrittenByteIsAViolation) {
  StartUsart3();
  for (int i = 0; i < 3; ++i) {
    Set(kUsartData, 'a');
  }
  EXPECT_THAT(board_.violations(), ElementsAre(HasSubstr("TXE is 0")));
}

TEST_F(PeripheralsTest, UsartWithoutAPinReachesNobody) {
  StartUsart3();
  Set(kGpioD, 0);
  Set(kUsartData, 'a');
  board_.RunFor(kMillisecond);
  EXPECT_EQ(sent_, "");
  EXPECT_THAT(board_.violations(), ElementsAre(HasSubstr("no pin")));
}

TEST_F(PeripheralsTest, UsartAtAnotherRateThanTheLineIsAViolation) {
  StartUsart3();
  Set(kUsart3 + 8, 145);
  Set(kUsartData, 'a');
  board_.RunFor(kMillisecond);
  EXPECT_THAT(board_.violations(), ElementsAre(HasSubstr("110344 baud")));
}

TEST_F(PeripheralsTest, UsartKeepsTheFirstOfTwoBytesAndReportsTheOverrun) {
  StartUsart3();
  ReceiveText("ab");
  board_.RunFor(90 * kMicrosecond);
  EXPECT_EQ(Get(kUsart3) & 0x38, 0x20u);
  board_.RunFor(90 * kMicrosecond);
  EXPECT_EQ(Get(kUsart3) & 0x38, 0x28u);
  EXPECT_EQ(Get(kUsartData), uint32_t{'a'});
  EXPECT_EQ(Get(kUsart3) & 0x38, 0u);
  EXPECT_EQ(board_.usart(3).overruns(), 1u);
  board_.RunFor(90 * kMicrosecond);
  EXPECT_EQ(Get(kUsart3) & 0x38, 0x10u) << "the line is idle";
}

TEST_F(PeripheralsTest, InterruptHandlerEchoesWhatTheUsartReceives) {
  Program program;
  program.Vector(kExceptionInterrupt0 + 39, 0x300);
  program.At(0x300).Load(0, kUsart3).Code({0x6801, 0x6841, 0x6041, kReturn});  // SR, DR, DR =
  program.At(Program::kEntry).Set(0xe000'e104, 1 << 7).Code({kWaitForInterrupt, 0xe7fd});
  board_.LoadFlash(program.image());
  StartUsart3();
  ReceiveText("hello, board");
  board_.RunFor(3 * kMillisecond);
  EXPECT_EQ(sent_, "hello, board");
  EXPECT_EQ(board_.usart(3).overruns(), 0u);
  EXPECT_THAT(board_.violations(), IsEmpty());
}

TEST_F(PeripheralsTest, TimerCountsMicroseconds) {
  Set(kApb1Enable, 1);
  Set(kTim2 + 0x28, 15);
  Set(kTim2 + 0x14, 1);
  Set(kTim2, 1);
  board_.RunFor(1234 * kMicrosecond);
  EXPECT_EQ(Get(kTim2 + 0x24), 1234u);
  EXPECT_EQ(Get(kTim2 + 0x10), 1u) << "UIF, by UG";
}

TEST_F(PeripheralsTest, PrescalerWaitsForTheUpdateEvent) {
  Set(kApb1Enable, 1);
  Set(kTim2 + 0x28, 15);
  Set(kTim2, 1);
  board_.RunFor(100 * kMicrosecond);
  EXPECT_EQ(Get(kTim2 + 0x24), 1600u);
}

TEST_F(PeripheralsTest, CompareInterruptWakesTheCoreOnTime) {
  Program program;
  program.Vector(kExceptionInterrupt0 + 28, 0x300);
  // The handler: R4 = CNT, SR = 0, one more in R5.
  program.At(0x300).Load(0, kTim2).Code({0x6a44, 0x2100, 0x6101, kAddOneToR5, kReturn});
  program.At(Program::kEntry).Load(5, 0).Set(kApb1Enable, 1).Set(kTim2 + 0x28, 15);
  program.Set(kTim2 + 0x14, 1).Set(kTim2 + 0x10, 0).Set(kTim2 + 0x34, 500).Set(kTim2 + 0xc, 2);
  program.Set(0xe000'e100, 1 << 28).Set(kTim2, 1).Code({kWaitForInterrupt, 0xe7fd});
  board_.LoadFlash(program.image());

  board_.RunFor(490 * kMicrosecond);
  EXPECT_EQ(board_.ReadRegister(5), 0u);
  board_.RunFor(20 * kMicrosecond);
  EXPECT_EQ(board_.ReadRegister(5), 1u);
  EXPECT_GE(board_.ReadRegister(4), 500u);
  EXPECT_LE(board_.ReadRegister(4), 502u);
  EXPECT_TRUE(board_.core().is_asleep());
}

TEST_F(PeripheralsTest, TimerWrapsAtItsReloadValue) {
  Set(kApb1Enable, 1);
  Set(kTim2 + 0x2c, 999);
  Set(kTim2 + 0x28, 15);
  Set(kTim2 + 0x14, 1);
  Set(kTim2 + 0x10, 0);
  Set(kTim2, 1);
  board_.RunFor(2500 * kMicrosecond);
  EXPECT_EQ(Get(kTim2 + 0x24), 500u);
  EXPECT_EQ(Get(kTim2 + 0x10) & 1, 1u);
}

TEST_F(PeripheralsTest, OutputPinReadsBack) {
  Set(kAhb1Enable, 1 << 3);
  Set(kGpioD, 1 << 24);
  Set(kGpioD + 0x18, 1 << 12);
  EXPECT_EQ(Get(kGpioD + 0x10), 1u << 12);
  Set(kGpioD + 0x18, 1 << 28);
  EXPECT_EQ(Get(kGpioD + 0x10), 0u);
}

}  // namespace
}  // namespace test
