// The management bus: MACMIIAR, MACMIIDR, and a unit that does not answer.
#include "drivers/stm32_eth/stm32_mdio.h"

#include <gtest/gtest.h>

#include "drivers/dma.h"
#include "tests/drivers/stm32_eth/hand_played_mac.h"
#include "tests/support/scripted_bus.h"

namespace drivers {
namespace {

using base::Status;
using test::BusRead;
using test::BusWrite;

constexpr uint32_t kMacmiiar = 0x10;
constexpr uint32_t kMacmiidr = 0x14;

TEST(Stm32Mdio, ReadsWhenTheUnitIsFree) {
  // PA 3, MR 17, CR 4 (HCLK by 102), MB.
  constexpr uint32_t kCommand = 3u << 11 | 17u << 6 | 4u << 2 | 1;
  test::ScriptedBus bus({BusRead(kMacmiiar, 1), BusRead(kMacmiiar, 0),
                         BusWrite(kMacmiiar, kCommand), BusRead(kMacmiiar, kCommand),
                         BusRead(kMacmiiar, kCommand & ~1u), BusRead(kMacmiidr, 0x1234)});
  uint32_t timeouts = 0;
  Stm32Mdio mdio(bus, 168'000'000, timeouts);
  EXPECT_EQ(mdio.Read(3, 17), 0x1234);
  EXPECT_EQ(timeouts, 0u);
}

TEST(Stm32Mdio, WritesDataBeforeTheCommand) {
  // MW, CR 2 (HCLK by 16).
  constexpr uint32_t kCommand = 31u << 11 | 31u << 6 | 2u << 2 | 2 | 1;
  test::ScriptedBus bus({BusRead(kMacmiiar, 1), BusRead(kMacmiiar, 0), BusWrite(kMacmiidr, 0xbeef),
                         BusWrite(kMacmiiar, kCommand), BusRead(kMacmiiar, kCommand),
                         BusRead(kMacmiiar, kCommand & ~1u)});
  uint32_t timeouts = 0;
  Stm32Mdio mdio(bus, 25'000'000, timeouts);
  EXPECT_EQ(mdio.Write(31, 31, 0xbeef), Status::kOk);
}

TEST(Stm32Mdio, AddressesBeyondTheBusAreRefused) {
  test::ScriptedBus bus({});
  uint32_t timeouts = 0;
  Stm32Mdio mdio(bus, 168'000'000, timeouts);
  EXPECT_EQ(mdio.Read(32, 0), std::unexpected(Status::kInvalidArgument));
  EXPECT_EQ(mdio.Read(0, 32), std::unexpected(Status::kInvalidArgument));
  EXPECT_EQ(mdio.Write(32, 0, 0), Status::kInvalidArgument);
  EXPECT_EQ(mdio.Write(0, 32, 0), Status::kInvalidArgument);
}

TEST(Stm32Mdio, UnitThatStaysBusyIsGivenUp) {
  test::HandPlayedMac chip;
  uint32_t timeouts = 0;
  Stm32Mdio mdio(chip, 168'000'000, timeouts);
  chip.hangs_mii = true;
  EXPECT_EQ(mdio.Read(0, 2), std::unexpected(Status::kDeadlineExceeded));
  EXPECT_EQ(timeouts, 1u);
  EXPECT_TRUE(chip.TakeWrites(kMacmiiar).empty()) << "the access of somebody else still runs";
  EXPECT_EQ(mdio.Write(0, 0, 0), Status::kDeadlineExceeded);
  EXPECT_EQ(timeouts, 2u);
  EXPECT_TRUE(chip.TakeWrites(kMacmiidr).empty());
  // 64 us are 10752 cycles of HCLK, a look is at least four.
  EXPECT_GE(chip.reads(kMacmiiar), 2 * 10'752u / 4);
  EXPECT_LE(chip.reads(kMacmiiar), 20'000u);
  chip.hangs_mii = false;
  EXPECT_EQ(mdio.Read(0, 2), 0x0022);
  EXPECT_EQ(timeouts, 2u);
}

TEST(Stm32Mdio, AccessThatDoesNotEndIsGivenUp) {
  std::vector<test::BusAccess> script = {BusRead(kMacmiiar, 0), BusWrite(kMacmiiar, 0x11)};
  script.insert(script.end(), 4'000, BusRead(kMacmiiar, 0x11));
  test::ScriptedBus bus(script);
  uint32_t timeouts = 0;
  Stm32Mdio mdio(bus, 168'000'000, timeouts);
  EXPECT_EQ(mdio.Read(0, 0), std::unexpected(Status::kDeadlineExceeded));
  EXPECT_EQ(timeouts, 1u);
}

TEST(DmaWindow, TakesWhatLiesInsideAsAWhole) {
  constexpr DmaWindow window(0x2000'0000, 0x1000);
  const auto at = [](uintptr_t address) { return reinterpret_cast<const void*>(address); };
  EXPECT_EQ(window.AddressOf(at(0x2000'0000), 0x1000), 0x2000'0000u);
  EXPECT_EQ(window.AddressOf(at(0x2000'0ffe), 2), 0x2000'0ffeu);
  EXPECT_EQ(window.AddressOf(at(0x2000'0fff), 2), 0u);
  EXPECT_EQ(window.AddressOf(at(0x1fff'ffff), 2), 0u);
  EXPECT_EQ(window.AddressOf(at(0x2000'0001), 0x1000), 0u);
  EXPECT_EQ(window.AddressOf(at(0x2000'0000), 0x1001), 0u);
  EXPECT_EQ(window.AddressOf(at(0x1000'0000), 4), 0u) << "memory of the core alone";
  EXPECT_EQ(window.AddressOf(at(0x0800'0000), 4), 0u) << "flash";
  EXPECT_EQ(window.AddressOf(at(0x1'2000'0000), 4), 0u) << "beyond 32 bits";
}

}  // namespace
}  // namespace drivers
