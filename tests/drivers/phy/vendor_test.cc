// What the PHY families have beyond clause 22: interrupt pin and far-end loopback.
#include <memory>

#include <gtest/gtest.h>

#include "drivers/phy/phy.h"
#include "tests/support/mdio_model.h"

namespace drivers {
namespace {

using namespace std::chrono_literals;
using test::PhyVendor;

struct Row {
  uint32_t id;
  PhyVendor vendor;
};

class PhyVendorTest : public testing::Test {
 protected:
  void Attach(const Row& row) {
    chip_ = std::make_unique<test::PhyModel>(
        test::PhyOptions{.id = row.id, .vendor = row.vendor, .violations = &violations_});
    mdio_.Attach(1, *chip_);
  }
  void Run(base::Duration duration) {
    for (const base::Instant end = now_ + duration; now_ < end; now_ += 1ms) {
      mdio_.SetTime(now_);
      phy_.Poll(now_);
    }
  }
  void StartPlugged() {
    chip_->PlugIn();
    phy_.Start();
    Run(3s);
  }
  void TearDown() override { EXPECT_EQ(violations_.texts(), std::vector<std::string>{}); }

  base::Instant now_ = base::FromMicroseconds(1'000'000);
  test::Violations violations_;
  test::MdioModel mdio_;
  std::unique_ptr<test::PhyModel> chip_;
  Phy phy_{mdio_, 1};
};

class PhyInterruptRow : public PhyVendorTest, public testing::WithParamInterface<Row> {
 protected:
  void SetUp() override { Attach(GetParam()); }
};

TEST_P(PhyInterruptRow, LinkChangesPullThePinUntilAcknowledged) {
  phy_.EnableInterrupts();
  StartPlugged();
  EXPECT_TRUE(chip_->interrupt());
  EXPECT_EQ(phy_.AcknowledgeInterrupt(), base::Status::kOk);
  EXPECT_FALSE(chip_->interrupt());
  phy_.Poll(now_);
  EXPECT_TRUE(phy_.link().is_up());

  chip_->Unplug();
  EXPECT_TRUE(chip_->interrupt());
  EXPECT_EQ(phy_.AcknowledgeInterrupt(), base::Status::kOk);
  EXPECT_FALSE(chip_->interrupt());
  phy_.Poll(now_);
  EXPECT_FALSE(phy_.link().is_up());

  chip_->PlugIn();
  Run(3s);
  EXPECT_TRUE(chip_->interrupt());
}

TEST_P(PhyInterruptRow, BoardsWithoutTheWireDoNotEnableIt) {
  StartPlugged();
  chip_->Unplug();
  EXPECT_FALSE(chip_->interrupt());
}

TEST_P(PhyInterruptRow, IsEnabledAgainAfterAReset) {
  phy_.EnableInterrupts();
  StartPlugged();
  phy_.Start();
  Run(3s);
  EXPECT_EQ(phy_.AcknowledgeInterrupt(), base::Status::kOk);
  chip_->Unplug();
  EXPECT_TRUE(chip_->interrupt());
}

TEST_P(PhyInterruptRow, FailuresOfTheBusAreTold) {
  phy_.EnableInterrupts();
  StartPlugged();
  mdio_.SetFault(test::MdioFault::kTimeout);
  EXPECT_EQ(phy_.AcknowledgeInterrupt(), base::Status::kDeadlineExceeded);
}

INSTANTIATE_TEST_SUITE_P(
    Vendors, PhyInterruptRow,
    testing::Values(Row{0x0007c0d1, PhyVendor::kLan911x}, Row{0x0007c0f1, PhyVendor::kLan87xx},
                    Row{0x00221561, PhyVendor::kKsz8081}, Row{0x20005c90, PhyVendor::kDp83848},
                    Row{0x001cc816, PhyVendor::kRtl8201f}, Row{0x02430c54, PhyVendor::kIp101g},
                    Row{0x0181b8a0, PhyVendor::kDm9161}, Row{0x00831400, PhyVendor::kEnc28j60}));

TEST_F(PhyVendorTest, WithoutAPinThereIsNothingToAcknowledge) {
  Attach({0x00112230, PhyVendor::kNone});
  phy_.EnableInterrupts();
  StartPlugged();
  const uint32_t reads = mdio_.reads();
  EXPECT_EQ(phy_.AcknowledgeInterrupt(), base::Status::kOk);
  EXPECT_EQ(mdio_.reads(), reads);
}

TEST_F(PhyVendorTest, Rtl8201fIsBackOnPageZeroWithItsLedsAsTheyWere) {
  Attach({0x001cc816, PhyVendor::kRtl8201f});
  phy_.EnableInterrupts();
  StartPlugged();
  EXPECT_EQ(chip_->vendor_register(31), 0);
  EXPECT_EQ(mdio_.Write(1, 31, 7), base::Status::kOk);
  EXPECT_EQ(mdio_.Read(1, 19), uint16_t{0x2020});
  EXPECT_EQ(mdio_.Write(1, 31, 0), base::Status::kOk);
}

class PhyFarLoopbackRow : public PhyVendorTest, public testing::WithParamInterface<Row> {
 protected:
  void SetUp() override { Attach(GetParam()); }
};

TEST_P(PhyFarLoopbackRow, TurnsOnAndOffAndEndsWithAReset) {
  StartPlugged();
  EXPECT_EQ(phy_.SetFarLoopback(true), base::Status::kOk);
  EXPECT_TRUE(chip_->far_loopback());
  EXPECT_TRUE(phy_.far_loopback());
  EXPECT_EQ(phy_.SetFarLoopback(false), base::Status::kOk);
  EXPECT_FALSE(chip_->far_loopback());
  EXPECT_FALSE(phy_.far_loopback());
  EXPECT_EQ(phy_.SetFarLoopback(true), base::Status::kOk);
  phy_.Start();
  Run(3s);
  EXPECT_FALSE(chip_->far_loopback());
  EXPECT_FALSE(phy_.far_loopback());
  EXPECT_TRUE(phy_.link().is_up());
}

TEST_P(PhyFarLoopbackRow, FailuresOfTheBusAreTold) {
  StartPlugged();
  mdio_.SetFault(test::MdioFault::kTimeout);
  EXPECT_EQ(phy_.SetFarLoopback(true), base::Status::kDeadlineExceeded);
  EXPECT_FALSE(phy_.far_loopback());
}

INSTANTIATE_TEST_SUITE_P(Vendors, PhyFarLoopbackRow,
                         testing::Values(Row{0x00221561, PhyVendor::kKsz8081},
                                         Row{0x0007c0f1, PhyVendor::kLan87xx},
                                         Row{0x0007c131, PhyVendor::kLan87xx}));

TEST_F(PhyVendorTest, OthersHaveNoFarLoopback) {
  Attach({0x20005c90, PhyVendor::kDp83848});
  StartPlugged();
  EXPECT_EQ(phy_.SetFarLoopback(true), base::Status::kUnimplemented);
}

}  // namespace
}  // namespace drivers
