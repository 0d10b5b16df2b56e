// The table of PHYs: ids, and what each row makes of its vendor's registers.
#include "drivers/phy/phy_models.h"

#include <gtest/gtest.h>

#include "drivers/phy/phy.h"
#include "tests/support/mdio_model.h"

namespace drivers {
namespace {

using base::Duplex;
using test::PhyVendor;

TEST(PhyModels, FindsByIdAndIgnoresTheRevision) {
  EXPECT_EQ(FindPhyModel(0x00221560).name, "KSZ8081");
  EXPECT_EQ(FindPhyModel(0x0022156f).name, "KSZ8081");
  EXPECT_EQ(FindPhyModel(0x0007c0d1).name, "LAN911x");
  EXPECT_EQ(FindPhyModel(0x0007c0f1).name, "LAN8710/8720");
  EXPECT_EQ(FindPhyModel(0x0007c131).name, "LAN8742");
  EXPECT_EQ(FindPhyModel(0x20005c90).name, "DP83848C");
  EXPECT_EQ(FindPhyModel(0x20005ca2).name, "DP83848/DP83849");
  EXPECT_EQ(FindPhyModel(0x001cc816).name, "RTL8201F");
  EXPECT_EQ(FindPhyModel(0x02430c54).name, "IP101");
  EXPECT_EQ(FindPhyModel(0x0181b8a0).name, "DM9161A/DM9051");
  EXPECT_EQ(FindPhyModel(0x0181b8c0).name, "DM9000");
  EXPECT_EQ(FindPhyModel(0x00831400).name, "ENC28J60");
}

TEST(PhyModels, UnknownIdIsGeneric) {
  EXPECT_EQ(FindPhyModel(0x12345670).name, "generic");
  EXPECT_EQ(FindPhyModel(0x12345670).read_link, nullptr);
}

TEST(PhyModels, EveryRowIsReachable) {
  for (const PhyModel& model : phy_models()) {
    EXPECT_EQ(model.id & model.id_mask, model.id) << model.name;
    EXPECT_EQ(&FindPhyModel(model.id), &model) << model.name << " is behind a row that fits too";
  }
}

TEST(PhyModels, RecognisesABusThatIsOneBitLate) {
  ASSERT_NE(FindBitSlip(0x00110aa8), nullptr);
  EXPECT_EQ(FindBitSlip(0x00110aa8)->name, "KSZ8051");  // 0x00221550 >> 1
  EXPECT_EQ(FindBitSlip(0x00221550), nullptr);
  EXPECT_EQ(FindBitSlip(0x12345670), nullptr);
}

struct Row {
  uint32_t id;
  PhyVendor vendor;
};

class PhyModelRow : public testing::TestWithParam<Row> {
 protected:
  // The link that results with a partner of these abilities.
  base::LinkMode LinkWith(uint16_t abilities) {
    test::PhyModel chip({.id = GetParam().id, .vendor = GetParam().vendor});
    test::MdioModel mdio;
    mdio.Attach(1, chip);
    chip.PlugIn({.abilities = abilities});
    Phy phy(mdio, 1);
    phy.Start();
    base::Instant now;
    for (int i = 0; i < 3000; ++i) {
      now += std::chrono::milliseconds(1);
      mdio.SetTime(now);
      phy.Poll(now);
    }
    EXPECT_EQ(phy.link().is_up() ? phy.link().speed_mbit : 0, chip.mode().speed_mbit);
    return phy.link();
  }
};

TEST_P(PhyModelRow, ReadsAllFourModes) {
  EXPECT_EQ(LinkWith(0x05e1), (base::LinkMode{base::LinkState::kUp, 100, Duplex::kFull, true}));
  EXPECT_EQ(LinkWith(0x00a1), (base::LinkMode{base::LinkState::kUp, 100, Duplex::kHalf, false}));
  EXPECT_EQ(LinkWith(0x0061), (base::LinkMode{base::LinkState::kUp, 10, Duplex::kFull, false}));
  EXPECT_EQ(LinkWith(0x0421), (base::LinkMode{base::LinkState::kUp, 10, Duplex::kHalf, false}));
}

INSTANTIATE_TEST_SUITE_P(
    Vendors, PhyModelRow,
    testing::Values(Row{0x00112230, PhyVendor::kNone}, Row{0x0007c0d1, PhyVendor::kLan911x},
                    Row{0x0007c0f1, PhyVendor::kLan87xx}, Row{0x00221561, PhyVendor::kKsz8081},
                    Row{0x20005c90, PhyVendor::kDp83848}, Row{0x001cc816, PhyVendor::kRtl8201f},
                    Row{0x02430c54, PhyVendor::kIp101g}, Row{0x0181b8a0, PhyVendor::kDm9161}));

// Polls a freshly started PHY for two seconds.
base::LinkMode Supervise(test::PhyModel& chip, uint8_t address, const PhyRequest& request = {}) {
  test::MdioModel mdio;
  mdio.Attach(address, chip);
  chip.PlugIn();
  Phy phy(mdio, address);
  phy.Request(request);
  phy.Start();
  for (int i = 0; i < 2000; ++i) {
    const base::Instant now = base::FromMicroseconds(1000 * i);
    mdio.SetTime(now);
    phy.Poll(now);
  }
  return phy.link();
}

TEST(PhyModels, Enc28j60DoesNotNegotiate) {
  test::PhyModel chip({.id = 0x00831400, .vendor = PhyVendor::kEnc28j60});
  EXPECT_EQ(Supervise(chip, 0), (base::LinkMode{base::LinkState::kUp, 10, Duplex::kHalf, false}));
  EXPECT_EQ(chip.control(), 0x0000);
}

TEST(PhyModels, Enc28j60IsForcedToFullDuplex) {
  test::PhyModel chip({.id = 0x00831400, .vendor = PhyVendor::kEnc28j60});
  EXPECT_EQ(Supervise(chip, 0, {.negotiate = false, .duplex = Duplex::kFull}),
            (base::LinkMode{base::LinkState::kUp, 10, Duplex::kFull, false}));
  EXPECT_EQ(chip.control(), 0x0100);
}

TEST(PhyModels, Ksz8081LeavesTheBroadcastAddress) {
  test::PhyModel chip({.id = 0x00221561, .vendor = PhyVendor::kKsz8081});
  Supervise(chip, 4);
  EXPECT_EQ(chip.vendor_register(0x16), 0x0202);
}

TEST(PhyModels, Ksz8081IsFoundAtItsOwnAddressAndNoLongerAtZero) {
  test::PhyModel chip({.id = 0x00221561, .vendor = PhyVendor::kKsz8081});
  test::MdioModel mdio;
  mdio.Attach(6, chip);
  EXPECT_EQ(ReadPhyId(mdio, 0), 0x00221561u);
  Phy phy(mdio, Phy::kScanForAddress);
  phy.Start();
  for (int i = 0; i < 10; ++i) {
    const base::Instant now = base::FromMicroseconds(1000 * i);
    mdio.SetTime(now);
    phy.Poll(now);
  }
  EXPECT_EQ(phy.address(), 6);
  EXPECT_EQ(ReadPhyId(mdio, 0), 0xffffffffu);
  EXPECT_EQ(ReadPhyId(mdio, 6), 0x00221561u);
}

TEST(PhyModels, Ksz8081StrappedToAddressZeroStaysThere) {
  test::PhyModel chip({.id = 0x00221561, .vendor = PhyVendor::kKsz8081});
  Supervise(chip, 0);
  EXPECT_EQ(chip.vendor_register(0x16), 0x0002);
}

TEST(PhyModels, Ksz8081KeepsItsReceiverPowered) {
  test::PhyModel chip({.id = 0x00221561, .vendor = PhyVendor::kKsz8081});
  Supervise(chip, 4);
  EXPECT_EQ(chip.vendor_register(0x18), 0x0800);
}

TEST(PhyModels, Lan8720KeepsItsReceiverPowered) {
  test::PhyModel chip({.id = 0x0007c0f1, .vendor = PhyVendor::kLan87xx});
  Supervise(chip, 0);
  EXPECT_EQ(chip.vendor_register(17), 0x0000);
}

TEST(ResolveAbilities, FollowsThePriorityOfAnnex28B) {
  const Advertisement all{0x0de1};
  EXPECT_EQ(ResolveAbilities(all, {0xcde1}),
            (base::LinkMode{base::LinkState::kUp, 100, Duplex::kFull, true}));
  EXPECT_EQ(ResolveAbilities(all, {0x40c1}),
            (base::LinkMode{base::LinkState::kUp, 100, Duplex::kHalf, false}));
  EXPECT_EQ(ResolveAbilities({0x0061}, {0xcde1}),
            (base::LinkMode{base::LinkState::kUp, 10, Duplex::kFull, false}));
}

TEST(ResolveAbilities, NothingInCommonIsNoLink) {
  EXPECT_FALSE(ResolveAbilities({0x0181}, {0x4061}).is_up());
}

}  // namespace
}  // namespace drivers
