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

struct Named {
  uint32_t id;
  uint8_t reg;
  uint16_t value;
  const char* name;
  const char* field;
  const char* meaning;
};

// One line of each family's datasheet.
TEST(PhyRegisters, DecodesTheVendorsOfTheBoards) {
  constexpr Named kLines[] = {
      {0x00221561, 0x1b, 0x0004, "ICS", "link_down", "happened"},
      {0x00221561, 0x1d, 0x4000, "LINKMD", "result", "short"},
      {0x00221561, 0x1f, 0x2000, "PHYCON2", "pair_swap_disable", "no auto-MDIX"},
      {0x00221561, 0x18, 0x0800, "EXCTRL", "edpd_disabled", "no energy detect power-down"},
      {0x0007c131, 25, 0x0500, "TDRCS", "cable_type", "open"},
      {0x0007c131, 28, 0x4000, "CBLN", "length", "of a good cable, by its attenuation"},
      {0x20005c90, 0x12, 0x2000, "MISR", "link", "happened"},
      {0x20005c90, 0x11, 0x0002, "MICR", "inten", "interrupts enabled"},
      {0x20005c90, 0x1b, 0x0300, "CDCTRL1", "bist_error_count", "errors of the self-test"},
      {0x02430c54, 0x11, 0x8000, "ISR", "pin_used", "INTR pin used"},
      {0x02430c54, 0x1e, 0x0106, "PHYMC", "mode", "100 full"},
      {0x0181b8a0, 21, 0x0004, "MDINTR", "link_change", "happened"},
      {0x001cc816, 0x1e, 0x0800, "IISDR", "link_change", "changed"},
      {0x00831400, 0x11, 0x0200, "PHSTAT2", "dpxstat", "full"},
      {0x00831400, 0x13, 0x0010, "PHIR", "plnkif", "link changed"},
  };
  for (const Named& line : kLines) {
    const PhyRegisterName* const reg = FindPhyRegister(line.id, line.reg);
    ASSERT_NE(reg, nullptr) << line.name;
    EXPECT_EQ(reg->name, line.name);
    EXPECT_EQ(Find(DecodePhyRegister(*reg, line.value), line.field).meaning, line.meaning)
        << line.name;
  }
  EXPECT_EQ(FindPhyRegister(0x0007c0f1, 25), nullptr) << "the LAN8720 has no reflectometer";
}

// Fields in the order of the bits, none twice.
TEST(PhyRegisters, FieldsOfTheVendorsDoNotOverlap) {
  for (const uint32_t id : {0x0007c0f1u, 0x0007c131u, 0x00221561u, 0x20005c90u, 0x02430c54u,
                            0x0181b8a0u, 0x001cc816u, 0x00831400u}) {
    for (const PhyRegisterName& reg : FindPhyVendor(id)->registers) {
      int next = 16;
      for (const PhyField& field : reg.fields) {
        EXPECT_LT(field.high, next) << reg.name << " " << field.name;
        EXPECT_LE(field.low, field.high) << reg.name << " " << field.name;
        next = field.low;
      }
    }
  }
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
