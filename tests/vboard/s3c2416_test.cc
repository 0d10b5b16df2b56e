#include "tests/support/vboard/s3c2416/s3c2416.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/dm9000a_model.h"
#include "tests/support/vboard/boards/s3c2416_dm9000a.h"
#include "tests/vboard/arm_program.h"

namespace test {
namespace {

using s3c2416::S3c2416;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr uint32_t kCode = S3c2416::kSdram + 0x100;
constexpr uint32_t kData = S3c2416::kSdram + 0x8000;
constexpr uint32_t kTable = S3c2416::kSdram + 0x4000;

constexpr uint32_t kSrcpnd = 0x4a00'0000;
constexpr uint32_t kIntmsk = 0x4a00'0008;
constexpr uint32_t kIntpnd = 0x4a00'0010;
constexpr uint32_t kIntoffset = 0x4a00'0014;
constexpr uint32_t kSubsrcpnd = 0x4a00'0018;
constexpr uint32_t kIntsubmsk = 0x4a00'001c;
constexpr uint32_t kPclkcon = 0x4c00'0034;
constexpr uint32_t kSwrst = 0x4c00'0044;
constexpr uint32_t kRststat = 0x4c00'0068;
constexpr uint32_t kUart = 0x5000'0000;
constexpr uint32_t kTimers = 0x5100'0000;
constexpr uint32_t kWtcon = 0x5300'0000;
constexpr uint32_t kPorts = 0x5600'0000;
constexpr uint32_t kBankDelays = 0x4f00'0020;

// A device that shows which cycles reach it.
class Register16 final : public s3c2416::StaticDevice {
 public:
  uint32_t Read(uint32_t offset, uint32_t) override { return 0x4600 + offset; }
  void Write(uint32_t offset, uint32_t, uint32_t value) override {
    written_.push_back(offset << 16 | value);
  }
  void Reset() override { written_.clear(); }
  void Advance() override {}
  VirtualTime next_event() const override { return kNever; }
  bool interrupt_level() override { return level_; }
  uint32_t bus_bytes() const override { return 2; }
  VirtualTime needed_pause() const override { return needed_pause_; }
  VirtualTime shortest_strobe() const override { return 10'000; }

  std::vector<uint32_t> written_;
  VirtualTime needed_pause_ = 0;
  bool level_ = false;
};

class S3c2416Test : public testing::Test {
 protected:
  S3c2416Test() : image_(0x1'0000) {
    chip_.Solder(device_);
    program_.At(kCode).Set(kWtcon, 0);
  }

  void Run(VirtualTime duration = kMillisecond) {
    program_.Code({kArmSpin});
    chip_.Load(image_, kCode);
    chip_.RunFor(duration);
  }
  uint32_t WordAt(uint32_t address) {
    uint32_t word = 0;
    std::memcpy(&word, &chip_.sdram()[address - S3c2416::kSdram], sizeof word);
    return word;
  }
  uint32_t Reg(uint32_t number) { return chip_.core().cpu().Get(number); }
  ArmProgram& ConnectUart() {
    return program_.Set(kPorts + 0x70, 0xa)
        .Set(kUart + 0x00, 3)
        .Set(kUart + 0x08, 0x07)
        .Set(kUart + 0x28, 35)
        .Set(kUart + 0x2c, 0x0808)
        .Set(kUart + 0x04, 0x305);
  }
  // nGCS1 as 16 bits, pauses and strobes of 12 cycles.
  ArmProgram& OpenBank() {
    return program_.Set(kBankDelays + 0x0c, 12)
        .Set(kBankDelays + 0x10, 12)
        .Set(kBankDelays + 0x04, 24)
        .Set(kBankDelays + 0x08, 24)
        .Set(kBankDelays + 0x14, 0x11)
        .Set(0x4f00'0204, 1);
  }
  // With the vectors at 0, which the MMU makes of the start of the image.
  ArmProgram& TurnOnMmu() {
    ArmProgram table(image_, S3c2416::kSdram);
    table.At(kTable).Code({S3c2416::kSdram | 0xc1e});
    table.At(kTable + 0x300 * 4).Code({S3c2416::kSdram | 0xc1e});
    for (const uint32_t device :
         {0x080u, 0x4a0u, 0x4c0u, 0x4e8u, 0x4f0u, 0x500u, 0x510u, 0x530u, 0x560u}) {
      table.At(kTable + device * 4).Code({device << 20 | 0xc12});
    }
    return program_.Load(0, kTable)
        .Code({kArmWriteTable})
        .Load(0, 1)
        .Code({kArmWriteDomains})
        .Load(0, 0x1007)
        .Code({kArmWriteControl, kArmNothing});
  }
  void ExpectViolation(const char* text) {
    EXPECT_THAT(chip_.violations().texts(), ElementsAre(HasSubstr(text)));
  }
  void ExpectNone() { EXPECT_THAT(chip_.violations().texts(), IsEmpty()); }

  std::vector<std::byte> image_;
  ArmProgram program_{image_, S3c2416::kSdram};
  Register16 device_;
  S3c2416 chip_;
};

TEST_F(S3c2416Test, ClocksAreThoseOfTheBootLoader) {
  Run();
  EXPECT_EQ(chip_.clocks().armclk(), 400'000'000u);
  EXPECT_EQ(chip_.clocks().hclk(), 133'333'333u);
  EXPECT_EQ(chip_.clocks().pclk(), 66'666'666u);
  EXPECT_NEAR(static_cast<double>(chip_.instructions()), 400'000, 1'000);
  ExpectNone();
}

TEST_F(S3c2416Test, TooFastAClockIsAViolation) {
  program_.Set(0x4c00'0024, 0);
  Run();
  ExpectViolation("over 400, 133 or 67 MHz");
}

TEST_F(S3c2416Test, BlockWithoutItsClockIsAViolation) {
  program_.Set(kPclkcon, ~1u).LoadFrom(2, kUart + 0x10);
  Run();
  ExpectViolation("UART0 accessed without its clock");
}

TEST_F(S3c2416Test, NarrowAccessToAWordIsAViolation) {
  program_.SetHalf(kTimers, 0);
  Run();
  ExpectViolation("PWM timers: access of 2 bytes");
}

TEST_F(S3c2416Test, WatchdogResetsWhoDoesNotStopIt) {
  program_.At(kCode).LoadFrom(4, kRststat).Code({kArmWait});
  Run(1100 * kMillisecond);
  EXPECT_EQ(Reg(4), 4u);
  ExpectViolation("watch-dog has reset");
}

TEST_F(S3c2416Test, SoftwareResetStartsTheImageAgain) {
  program_.LoadFrom(4, kRststat).LoadFrom(5, kData);
  program_.Code({0xe354'0020, 0x0aff'fffe});  // cmp r4, #0x20; beq .
  program_.Set(kData, 0x1234).Set(kSwrst, 0x533c'2416);
  image_.resize(0x8000);  // the loader leaves kData alone
  Run(kMillisecond);
  EXPECT_EQ(Reg(4), 0x20u);
  EXPECT_EQ(Reg(5), 0x1234u) << "RAM outlives a reset";
  ExpectNone();
}

TEST_F(S3c2416Test, UartSendsAtItsRate) {
  std::string sent;
  chip_.uart().SetSink([&](std::byte byte) { sent += static_cast<char>(byte); });
  ConnectUart().Load(0, kUart + 0x20);
  for (const uint32_t letter : {0x61u, 0x62u, 0x63u}) {
    program_.Load(1, letter).Code({0xe5c0'1000});  // strb r1, [r0]
  }
  Run(100 * kMicrosecond);
  EXPECT_EQ(sent, "a") << "86.8 us each";
  chip_.RunFor(200 * kMicrosecond);
  EXPECT_EQ(sent, "abc");
  ExpectNone();
}

TEST_F(S3c2416Test, UartAtAnotherRateThanTheLineIsAViolation) {
  ConnectUart().Set(kUart + 0x28, 17).Set(kUart + 0x20, 'a');
  Run();
  ExpectViolation("the line at 115200");
}

TEST_F(S3c2416Test, UartWithoutItsPinIsAViolation) {
  ConnectUart().Set(kPorts + 0x70, 0).Set(kUart + 0x20, 'a');
  Run();
  ExpectViolation("GPH0 is not TXD0");
}

TEST_F(S3c2416Test, UartKeepsSixtyFourBytesAndLosesTheNext) {
  ConnectUart();
  Run();
  chip_.uart().Receive(Pattern(65));
  chip_.RunFor(10 * kMillisecond);
  EXPECT_EQ(chip_.uart().overruns(), 1u);
  EXPECT_EQ(chip_.uart().waiting(), 0u);
  ExpectNone();
}

TEST_F(S3c2416Test, ReadingNothingIsAViolation) {
  ConnectUart().Load(0, kUart + 0x24).Code({0xe5d0'2000});  // ldrb r2, [r0]
  Run();
  ExpectViolation("URXH0 read while nothing was received");
}

TEST_F(S3c2416Test, ReceivedByteReachesTheCoreAsInterrupt) {
  // 0x18: takes the byte, then clears the three pending bits.
  ArmProgram handler(image_, S3c2416::kSdram);
  handler.At(S3c2416::kSdram + 0x18).Jump(kData + 0x40);
  handler.At(kData + 0x40).LoadFrom(4, kIntoffset).Load(0, kUart + 0x24).Code({0xe5d0'5000});
  handler.Set(kSubsrcpnd, 1).Set(kSrcpnd, 1u << 28).Set(kIntpnd, 1u << 28);
  handler.Code({ArmAdd(6, 1), kArmReturnFromIrq});
  TurnOnMmu();
  ConnectUart().Set(kIntsubmsk, ~1u).Set(kIntmsk, ~(1u << 28)).Code({kArmUnmaskIrq});
  Run();
  EXPECT_EQ(Reg(6), 0u);
  chip_.uart().Receive(ToBytes("x"));
  chip_.RunFor(kMillisecond);

  EXPECT_EQ(Reg(4), 28u);
  EXPECT_EQ(Reg(5), uint32_t{'x'});
  EXPECT_EQ(Reg(6), 1u);
  ExpectNone();
}

TEST_F(S3c2416Test, PendingStaysWhileTheLevelDoes) {
  ConnectUart().Set(kIntsubmsk, ~2u).Set(kSubsrcpnd, 2).Set(kSrcpnd, 1u << 28);
  program_.LoadFrom(4, kSrcpnd).LoadFrom(5, kSubsrcpnd);
  Run();
  EXPECT_EQ(Reg(4) >> 28 & 1, 1u) << "the transmitter is empty";
  EXPECT_EQ(Reg(5) & 2, 2u);
}

TEST_F(S3c2416Test, OnlyOneInterruptIsPendingTheLowestFirst) {
  device_.level_ = true;
  program_.Set(kPorts + 0x50, 2u << 14).Set(kPorts + 0x88, 1u << 28);
  program_.Set(kPorts + 0xa4, 0x00ff'ff70).Set(kTimers + 0x3c, 0).Set(kTimers + 8, 1u << 21);
  program_.Set(kTimers + 8, 5u << 20);
  for (int i = 0; i < 100; ++i) {
    program_.Code({kArmNothing});
  }
  program_.Set(kIntmsk, 0).LoadFrom(4, kIntpnd).LoadFrom(5, kSrcpnd);
  Run();
  EXPECT_EQ(Reg(4), 1u << 4);
  EXPECT_EQ(Reg(5) & (1u << 14 | 1u << 4), 1u << 14 | 1u << 4);
  ExpectNone();
}

TEST_F(S3c2416Test, TimerCountsOneMoreThanItsBuffer) {
  // PCLK / 2: 33'333 counts are a millisecond.
  ArmProgram handler(image_, S3c2416::kSdram);
  handler.At(S3c2416::kSdram + 0x18).Jump(kData + 0x40);
  handler.At(kData + 0x40).Set(kSrcpnd, 1u << 14).Set(kIntpnd, 1u << 14);
  handler.Code({ArmAdd(6, 1), kArmReturnFromIrq});
  TurnOnMmu();
  program_.Set(kTimers + 0x3c, 33'332).Set(kTimers + 8, 1u << 21).Set(kTimers + 8, 5u << 20);
  program_.Set(kIntmsk, ~(1u << 14)).Code({kArmUnmaskIrq});
  Run(10 * kMillisecond + 500 * kMicrosecond);
  EXPECT_EQ(Reg(6), 10u);
  ExpectNone();
}

TEST_F(S3c2416Test, ManualUpdateHasToBeTakenBack) {
  program_.Set(kTimers + 0x3c, 100).Set(kTimers + 8, 7u << 20);
  Run();
  ExpectViolation("manual update still set");
}

TEST_F(S3c2416Test, ExternalInterruptFollowsItsLevel) {
  program_.Set(kPorts + 0x50, 2u << 14).Set(kPorts + 0x88, 1u << 28);
  program_.Set(kPorts + 0xa8, 0x80).LoadFrom(4, kPorts + 0xa8);
  Run();
  EXPECT_EQ(Reg(4), 0u);
  device_.level_ = true;
  Run();
  EXPECT_EQ(Reg(4), 0x80u) << "set again at once";
}

TEST_F(S3c2416Test, BankOneReachesItsDevice) {
  OpenBank().SetHalf(S3c2416::kBank1, 0x28).SetHalf(S3c2416::kBank1 + 4, 0x1234);
  program_.Load(0, S3c2416::kBank1 + 4).Code({ArmLoadHalf(4, 0)});
  Run();
  EXPECT_THAT(device_.written_, ElementsAre(0x28u, 0x0004'1234u));
  EXPECT_EQ(Reg(4), 0x4604u);
  ExpectNone();
}

TEST_F(S3c2416Test, WordAccessToA16BitBankIsAViolation) {
  OpenBank().LoadFrom(4, S3c2416::kBank1);
  Run();
  ExpectViolation("more than one cycle");
}

TEST_F(S3c2416Test, WidthOfTheBankHasToFit) {
  OpenBank().Set(kBankDelays + 0x14, 0x01).SetHalf(S3c2416::kBank1, 1);
  Run();
  ExpectViolation("bank 1 is set to 8 bits");
  EXPECT_THAT(device_.written_, IsEmpty());
}

TEST_F(S3c2416Test, PausesAndStrobesAreChecked) {
  device_.needed_pause_ = 80'000;
  OpenBank().Set(kBankDelays + 0x10, 1).Set(kBankDelays + 0x08, 2).Load(0, S3c2416::kBank1);
  program_.Code({ArmStoreHalf(1, 0), ArmStoreHalf(1, 0)});
  Run();
  EXPECT_THAT(chip_.violations().texts(),
              testing::UnorderedElementsAre(HasSubstr("strobe of 7 ns, 10 needed"),
                                            HasSubstr("between cycles, 80 needed")));
}

TEST_F(S3c2416Test, CachedDeviceIsAViolation) {
  TurnOnMmu();
  ArmProgram(image_, S3c2416::kSdram).At(kTable + 0x560 * 4).Code({0x5600'0c1e});
  program_.LoadFrom(4, kPorts);
  Run();
  ExpectViolation("mapped as cached memory");
}

TEST(S3c2416Dm9000a, SaysItsFaults) {
  const auto board = MakeS3c2416Dm9000a({.image = "", .seed = 1});
  EXPECT_EQ(board->name(), "s3c2416-dm9000a");
  EXPECT_EQ(board->faults().size(), Dm9000aModel::faults().size());
  EXPECT_TRUE(board->SetFault("no-chip", true));
  EXPECT_FALSE(board->SetFault("no-ref-clk", true));
}

}  // namespace
}  // namespace test
