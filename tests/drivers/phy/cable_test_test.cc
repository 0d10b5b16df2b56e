// Time domain reflectometry, as far as PHYs have it.
#include "drivers/phy/cable_test.h"

#include <memory>

#include <gtest/gtest.h>

#include "drivers/phy/phy.h"
#include "tests/support/mdio_model.h"

namespace drivers {
namespace {

using namespace std::chrono_literals;
using base::CablePair;
using base::CableState;
using test::PhyVendor;

struct Row {
  uint32_t id;
  PhyVendor vendor;
  uint16_t open_cm;   // what it makes of an open end 50 m away
  uint16_t short_cm;  // and of a short at 20 m
};

class PhyCableTestRow : public testing::TestWithParam<Row> {
 protected:
  PhyCableTestRow() { mdio_.Attach(1, chip_); }

  void Run(base::Duration duration) {
    for (const base::Instant end = now_ + duration; now_ < end; now_ += 1ms) {
      mdio_.SetTime(now_);
      phy_.Poll(now_);
    }
  }
  void StartPlugged() {
    chip_.PlugIn();
    phy_.Start();
    Run(3s);
  }
  CablePairs Measure() {
    EXPECT_EQ(phy_.StartCableTest(), base::Status::kOk);
    Run(3s);
    EXPECT_FALSE(phy_.cable_test().is_running());
    return phy_.cable_test().pairs();
  }
  void TearDown() override { EXPECT_EQ(violations_.texts(), std::vector<std::string>{}); }

  base::Instant now_ = base::FromMicroseconds(1'000'000);
  test::Violations violations_;
  test::PhyModel chip_{
      {.id = GetParam().id, .vendor = GetParam().vendor, .violations = &violations_}};
  test::MdioModel mdio_;
  Phy phy_{mdio_, 1};
};

TEST_P(PhyCableTestRow, GoodCable) {
  StartPlugged();
  EXPECT_EQ(Measure(), (CablePairs{CablePair{CableState::kGood, 0}, {CableState::kGood, 0}}));
}

TEST_P(PhyCableTestRow, TellsPairsFaultsAndDistances) {
  StartPlugged();
  chip_.SetCable(0, {CableState::kOpen, 5000});
  chip_.SetCable(1, {CableState::kShort, 2000});
  EXPECT_EQ(Measure(), (CablePairs{CablePair{CableState::kOpen, GetParam().open_cm},
                                   {CableState::kShort, GetParam().short_cm}}));
}

TEST_P(PhyCableTestRow, MeasurementThatFailed) {
  StartPlugged();
  chip_.SetCable(1, {CableState::kFailed, 0});
  EXPECT_EQ(Measure(), (CablePairs{CablePair{CableState::kGood, 0}, {CableState::kFailed, 0}}));
}

TEST_P(PhyCableTestRow, LinkIsDownMeanwhileAndComesBack) {
  StartPlugged();
  const uint32_t resets = chip_.resets();
  EXPECT_EQ(phy_.StartCableTest(), base::Status::kOk);
  EXPECT_FALSE(phy_.link().is_up());
  EXPECT_TRUE(phy_.cable_test().is_running());
  EXPECT_EQ(phy_.StartCableTest(), base::Status::kUnavailable);
  Run(6s);
  EXPECT_EQ(chip_.resets(), resets + 1);
  EXPECT_TRUE(phy_.link().is_up());
}

TEST_P(PhyCableTestRow, NeedsAPhyThatIsThere) {
  EXPECT_NE(phy_.StartCableTest(), base::Status::kOk);
  phy_.Start();
  Run(1ms);
  EXPECT_EQ(phy_.state(), Phy::State::kResetting);
  EXPECT_EQ(phy_.StartCableTest(), base::Status::kUnavailable);
  EXPECT_FALSE(phy_.cable_test().is_running());
}

TEST_P(PhyCableTestRow, ADeadBusEndsIt) {
  StartPlugged();
  EXPECT_EQ(phy_.StartCableTest(), base::Status::kOk);
  mdio_.SetFault(test::MdioFault::kTimeout);
  Run(10ms);
  EXPECT_EQ(phy_.cable_test().pairs(),
            (CablePairs{CablePair{CableState::kFailed, 0}, {CableState::kFailed, 0}}));
  EXPECT_EQ(phy_.state(), Phy::State::kMissing);
}

TEST_P(PhyCableTestRow, AStartInBetweenForgetsIt) {
  StartPlugged();
  EXPECT_EQ(phy_.StartCableTest(), base::Status::kOk);
  Run(10ms);
  phy_.Start();
  EXPECT_FALSE(phy_.cable_test().is_running());
  Run(3s);
  EXPECT_TRUE(phy_.link().is_up());
}

// 50 m are 131 counts of 38 cm, or 65 of 76.9 cm; 20 m are 52 of 38 cm or 25 of 79.3 cm.
INSTANTIATE_TEST_SUITE_P(Vendors, PhyCableTestRow,
                         testing::Values(Row{0x00221561, PhyVendor::kKsz8081, 4978, 1976},
                                         Row{0x0007c131, PhyVendor::kLan87xx, 4998, 1982}));

TEST(PhyCableTest, OthersCannot) {
  test::PhyModel chip({.id = 0x0007c0f1, .vendor = PhyVendor::kLan87xx});
  test::MdioModel mdio;
  mdio.Attach(0, chip);
  Phy phy(mdio, 0);
  phy.Start();
  for (base::Instant now; now < base::FromMicroseconds(100'000); now += 1ms) {
    mdio.SetTime(now);
    phy.Poll(now);
  }
  EXPECT_EQ(phy.state(), Phy::State::kDown);
  EXPECT_EQ(phy.StartCableTest(), base::Status::kUnimplemented);
}

// A measurement that never ends is given up after a second.
TEST(PhyCableTest, IsBounded) {
  static int looks;
  looks = 0;
  constexpr drivers::PhyCableTest kEndless = {
      .settle = 1ms,
      .select = [](Phy&, uint8_t) { return base::Status::kOk; },
      .start = [](Phy&) { return base::Status::kOk; },
      .read = [](Phy&) -> base::Result<CablePair> {
        ++looks;
        return std::unexpected(base::Status::kUnavailable);
      }};
  test::MdioModel mdio;
  Phy phy(mdio, 0);
  CableTest test;
  test.Begin();
  base::Instant now;
  for (int steps = 0; steps < 1000 && test.is_running(); ++steps) {
    now = test.Step(phy, kEndless, now);
  }
  EXPECT_FALSE(test.is_running());
  EXPECT_EQ(test.pairs()[1].state, CableState::kFailed);
  EXPECT_EQ(looks, 2 * 100);
}

}  // namespace
}  // namespace drivers
