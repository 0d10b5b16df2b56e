#include "host-cli/phy_registers.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace netctl {
namespace {

constexpr uint32_t kLan9118Phy = 0x0007c0d1;
constexpr uint32_t kDp83848 = 0x20005c90;
constexpr uint32_t kUnknown = 0x12345678;

const DecodedField& Find(const std::vector<DecodedField>& fields, std::string_view name) {
  return *std::ranges::find(fields, name, &DecodedField::name);
}

TEST(PhyRegisters, DecodesBmsrOfAnEstablishedLink) {
  const auto fields = DecodePhyRegister(*FindPhyRegister(kUnknown, 1), 0x786d);
  EXPECT_EQ(Find(fields, "link_status").value, 1);
  EXPECT_EQ(Find(fields, "link_status").meaning, "link up");
  EXPECT_EQ(Find(fields, "an_complete").value, 1);
  EXPECT_EQ(Find(fields, "100base_t4").value, 0);
  EXPECT_EQ(Find(fields, "100base_t4").meaning, "");
}

// The dump of a board whose PHY and MAC ran on two clocks.
TEST(PhyRegisters, DecodesDp83848ElasticityErrors) {
  const auto fields = DecodePhyRegister(*FindPhyRegister(kDp83848, 0x17), 0x2d);
  EXPECT_EQ(Find(fields, "rmii_mode").value, 1);
  EXPECT_EQ(Find(fields, "rx_overflow").value, 1);
  EXPECT_EQ(Find(fields, "rx_underflow").value, 1);
  EXPECT_EQ(Find(fields, "elasticity").value, 1);
}

TEST(PhyRegisters, NamesTheValueOfAField) {
  const auto fields = DecodePhyRegister(*FindPhyRegister(kLan9118Phy, 31), 0x1018);
  EXPECT_EQ(Find(fields, "speed_indication").value, 6);
  EXPECT_EQ(Find(fields, "speed_indication").meaning, "100 full");
}

TEST(PhyRegisters, VendorRegistersFollowTheIdentifier) {
  EXPECT_EQ(FindPhyRegister(kLan9118Phy, 17)->name, "MCSR");
  EXPECT_EQ(FindPhyRegister(kDp83848, 0x10)->name, "PHYSTS");
  EXPECT_EQ(FindPhyRegister(kUnknown, 17), nullptr);
}

TEST(PhyRegisters, ParsesNumbersAndNames) {
  EXPECT_EQ(ParsePhyRegister(kUnknown, "bmcr"), 0);
  EXPECT_EQ(ParsePhyRegister(kLan9118Phy, "PSCSR"), 31);
  EXPECT_EQ(ParsePhyRegister(kUnknown, "PSCSR"), -1);
  EXPECT_EQ(ParsePhyRegister(kUnknown, "0x1f"), 31);
  EXPECT_EQ(ParsePhyRegister(kUnknown, "17"), 17);
  EXPECT_EQ(ParsePhyRegister(kUnknown, "32"), -1);
  EXPECT_EQ(ParsePhyRegister(kUnknown, "-1"), -1);
  EXPECT_EQ(ParsePhyRegister(kUnknown, "1x"), -1);
  EXPECT_EQ(ParsePhyRegister(kUnknown, ""), -1);
}

}  // namespace
}  // namespace netctl
