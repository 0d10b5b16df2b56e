// What the Ethernet of the virtual STM32F407 needs of the chip around it. A probe writes the
// registers; the core stays halted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/vboard/stm32f407.h"

namespace test {
namespace {

using namespace stm32_eth;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr uint32_t kRcc = 0x4002'3800;
constexpr uint32_t kPmc = 0x4001'3804;
constexpr uint32_t kGpioA = 0x4002'0000;
constexpr uint32_t kGpioB = 0x4002'0400;
constexpr uint32_t kGpioC = 0x4002'0800;
constexpr uint32_t kMacClocks = 7u << 25;
constexpr uint32_t kMacReset = 1u << 25;
constexpr uint32_t kRing = 0x2000'1000;

class ChipEthernet : public testing::Test {
 protected:
  ChipEthernet() { chip_.Halt(); }

  void Set(uint32_t address, uint32_t value) { ASSERT_TRUE(chip_.Write(address, 4, value)); }
  uint32_t Get(uint32_t address) {
    uint32_t value = 0;
    EXPECT_TRUE(chip_.Read(address, 4, value));
    return value;
  }
  void SetEth(uint32_t offset, uint32_t value) { Set(Ethernet::kBase + offset, value); }
  uint32_t GetEth(uint32_t offset) { return Get(Ethernet::kBase + offset); }

  // Time passes only while the core is not halted; without an image it locks up.
  void Pass(VirtualTime duration) {
    chip_.Resume();
    chip_.RunFor(duration);
    chip_.Halt();
  }
  // As RM0090 wants it, but for what a test leaves out.
  void Prepare(uint32_t clocks = kMacClocks) {
    Set(kRcc + 0x44, 1u << 14);
    Set(kRcc + 0x10, kMacReset);
    Set(kPmc, 1u << 23);
    Set(kRcc + 0x30, 0x0010'0007 | clocks);
    Set(kRcc + 0x10, 0);
  }
  void ConnectPins() {
    Set(kGpioA + 0x20, 0xb000'0bb0);
    Set(kGpioA + 0x00, 0xa800'8028);
    Set(kGpioB + 0x24, 0x00bb'b000);
    Set(kGpioB + 0x00, 0x0a80'0280);
    Set(kGpioB + 0x08, 0x0fc0'00c0);
    Set(kGpioC + 0x20, 0x00bb'00b0);
    Set(kGpioC + 0x00, 0x0000'0a08);
  }
  bool IsOutOfReset() {
    SetEth(kDmabmr, 0x0002'0101);
    Pass(10 * kMicrosecond);
    return (GetEth(kDmabmr) & kBmReset) == 0;
  }
  void ExpectViolation(const char* part) {
    EXPECT_THAT(chip_.violations(), Contains(HasSubstr(part)));
  }

  Stm32f407 chip_;
};

TEST_F(ChipEthernet, StartsWithClocksSelectAndPins) {
  Prepare();
  ConnectPins();
  EXPECT_TRUE(IsOutOfReset());
  EXPECT_THAT(chip_.violations(), IsEmpty());
}

TEST_F(ChipEthernet, IsNotThereWithoutItsClock) {
  Prepare(0);
  GetEth(kMaccr);
  ExpectViolation("ETH read without its clock");
}

TEST_F(ChipEthernet, StaysInResetWithoutTransmitOrReceiveClock) {
  Prepare(1u << 25 | 1u << 26);
  ConnectPins();
  EXPECT_FALSE(IsOutOfReset());
  Set(kRcc + 0x30, 0x0010'0007 | 1u << 25 | 1u << 27);
  EXPECT_FALSE(IsOutOfReset());
}

TEST_F(ChipEthernet, StaysInResetWithoutReferenceClock) {
  Prepare();
  EXPECT_FALSE(IsOutOfReset()) << "PA1 is no input of the MAC";
  ConnectPins();
  chip_.ethernet().SetFaults({.no_reference_clock = true});
  EXPECT_FALSE(IsOutOfReset());
  chip_.ethernet().SetFaults({});
  EXPECT_TRUE(IsOutOfReset());
}

TEST_F(ChipEthernet, TheInterfaceIsSelectedBeforeTheClocks) {
  Prepare();
  Set(kPmc, 0);
  ExpectViolation("MII_RMII_SEL changed with the clocks of the MAC on");
  ExpectViolation("MII_RMII_SEL changed while the MAC is not held in reset");
}

TEST_F(ChipEthernet, MdioNeedsItsPins) {
  Prepare();
  Set(kGpioA + 0x20, 0x0000'00b0);
  Set(kGpioA + 0x00, 0xa800'0008);
  ASSERT_TRUE(IsOutOfReset());
  SetEth(kMacmiiar, 1u << 11 | 2u << 6 | 2u << 2 | kMiiBusy);
  ExpectViolation("MDC and MDIO are not both in alternate function 11");
}

TEST_F(ChipEthernet, ItsDmaReachesSramAlone) {
  for (const uint32_t place : {0x1000'0000u, 0x0800'0000u, 0x2001'ff00u}) {
    chip_.PowerCycle();
    chip_.Halt();
    chip_.ClearViolations();
    Prepare();
    ConnectPins();
    ASSERT_TRUE(IsOutOfReset());
    const bool reaches = place >= Stm32f407::kRamBase;
    if (reaches) {
      Set(place, 0);
    }
    SetEth(kDmardlar, place);
    SetEth(kDmaomr, kOmReceive);
    EXPECT_EQ((GetEth(kDmasr) & kSrBusError) == 0, reaches);
    EXPECT_EQ(chip_.violations().empty(), reaches);
  }
}

TEST_F(ChipEthernet, ItsInterruptIsNumber61) {
  Prepare();
  ConnectPins();
  ASSERT_TRUE(IsOutOfReset());
  Set(kRing, 0);
  SetEth(kDmaier, kSrNoReceiveBuffer | kSrAbnormal);
  SetEth(kDmardlar, kRing);
  SetEth(kDmaomr, kOmReceive);
  Pass(kMicrosecond);
  EXPECT_TRUE(chip_.core().nvic().is_pending(kExceptionInterrupt0 + 61));
}

TEST_F(ChipEthernet, ABlockOfItsSizeHidesNoOther) {
  Prepare();
  uint32_t value = 0;
  EXPECT_TRUE(chip_.Read(Ethernet::kBase + 0x13fc, 4, value));
  EXPECT_FALSE(chip_.Read(Ethernet::kBase + 0x1400, 4, value));
}

}  // namespace
}  // namespace test
