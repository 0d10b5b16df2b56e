// Supervision of one PHY over virtual time.
#include "drivers/phy/phy.h"

#include <memory>

#include <gtest/gtest.h>

#include "tests/support/mdio_model.h"

namespace drivers {
namespace {

using namespace std::chrono_literals;
using base::Duplex;
using State = Phy::State;
using test::MdioFault;

base::LinkMode Up(uint16_t speed, Duplex duplex, bool pause) {
  return {base::LinkState::kUp, speed, duplex, pause};
}

class PhyTest : public testing::Test {
 protected:
  static constexpr uint8_t kAddress = 3;

  PhyTest() { Attach({}); }

  void Attach(const test::PhyOptions& options) {
    chip_ = std::make_unique<test::PhyModel>(options);
    mdio_.Attach(kAddress, *chip_);
  }

  // Polls whenever the PHY asked for it until `duration` has passed.
  void Run(base::Duration duration) {
    const base::Instant end = now_ + duration;
    for (int polls = 0; polls < 100'000; ++polls) {
      mdio_.SetTime(now_);
      const base::Instant next = phy_.Poll(now_);
      ASSERT_GE(next, now_);
      if (next > end) {
        break;
      }
      now_ = next;
    }
    now_ = end;
    mdio_.SetTime(now_);
  }
  void StartWith(const test::PhyPartner& partner) {
    chip_->PlugIn(partner);
    phy_.Start();
    Run(3s);
  }

  base::Instant now_ = base::FromMicroseconds(1'000'000);
  test::MdioModel mdio_;
  std::unique_ptr<test::PhyModel> chip_;
  Phy phy_{mdio_, kAddress};
};

TEST_F(PhyTest, DoesNothingBeforeStart) {
  EXPECT_EQ(phy_.Poll(now_), base::kNever);
  EXPECT_EQ(mdio_.reads(), 0u);
}

TEST_F(PhyTest, ResetsIdentifiesAndNegotiates) {
  StartWith({});
  EXPECT_EQ(phy_.state(), State::kUp);
  EXPECT_EQ(phy_.link(), Up(100, Duplex::kFull, true));
  EXPECT_EQ(phy_.id(), 0x00112230u);
  EXPECT_EQ(phy_.model().name, "generic");
  EXPECT_EQ(chip_->resets(), 1u);
  EXPECT_EQ(chip_->advertisement(), 0x05e1);
  EXPECT_EQ(phy_.stats().link_losses, 0u);
}

TEST_F(PhyTest, IsDownUntilNegotiationIsDone) {
  chip_->PlugIn();
  phy_.Start();
  Run(1s);
  EXPECT_EQ(phy_.state(), State::kDown);
  EXPECT_EQ(phy_.link(), base::LinkMode{});
  Run(1s);
  EXPECT_EQ(phy_.state(), State::kUp);
}

TEST_F(PhyTest, LinkBitBeforeTheEndOfNegotiationIsNotEnough) {
  Attach({.early_link = true});
  chip_->PlugIn();
  phy_.Start();
  Run(1s);
  EXPECT_EQ(phy_.state(), State::kDown);
  Run(1s);
  EXPECT_EQ(phy_.state(), State::kUp);
}

// The bit says that the link was down, not that it is.
TEST_F(PhyTest, SeesALinkThatIsUpInOnePoll) {
  StartWith({});
  chip_->Unplug();
  Run(1s);
  chip_->PlugIn();
  now_ += 5s;
  mdio_.SetTime(now_);
  EXPECT_TRUE(chip_->link_up());
  chip_->Flap();
  phy_.Poll(now_);
  EXPECT_EQ(phy_.state(), State::kUp);
}

TEST_F(PhyTest, TakesTheBestThatBothCan) {
  StartWith({.abilities = 0x00a1});  // 100 and 10 half
  EXPECT_EQ(phy_.link(), Up(100, Duplex::kHalf, false));
  chip_->PlugIn({.abilities = 0x0461});  // 10 full and half, PAUSE
  Run(3s);
  EXPECT_EQ(phy_.link(), Up(10, Duplex::kFull, true));
}

TEST_F(PhyTest, AdvertisesOnlyWhatWasAskedFor) {
  phy_.Request({.advertise = Abilities::k10Half | Abilities::k100Half});
  StartWith({});
  EXPECT_EQ(chip_->advertisement(), 0x00a1);
  EXPECT_EQ(phy_.link(), Up(100, Duplex::kHalf, false));
}

TEST_F(PhyTest, ParallelDetectionGivesHalfDuplex) {
  StartWith({.negotiates = false, .speed_mbit = 10, .duplex = Duplex::kFull});
  EXPECT_EQ(phy_.link(), Up(10, Duplex::kHalf, false));
}

TEST_F(PhyTest, ForcesSpeedAndDuplexWithoutNegotiation) {
  StartWith({});
  phy_.Request({.negotiate = false, .speed_100 = false, .duplex = Duplex::kFull});
  Run(1s);
  EXPECT_EQ(chip_->control(), 0x0100);
  EXPECT_EQ(phy_.link(), Up(10, Duplex::kFull, false));
  phy_.Request({.negotiate = false, .speed_100 = true, .duplex = Duplex::kHalf});
  Run(1s);
  EXPECT_EQ(chip_->control(), 0x2000);
  EXPECT_EQ(phy_.link(), Up(100, Duplex::kHalf, false));
  phy_.Request({});
  Run(3s);
  EXPECT_EQ(phy_.link(), Up(100, Duplex::kFull, true));
}

TEST_F(PhyTest, ForcedSpeedThatThePartnerCannotDoStaysDown) {
  phy_.Request({.negotiate = false, .speed_100 = true});
  StartWith({.negotiates = false, .speed_mbit = 10});
  EXPECT_EQ(phy_.state(), State::kDown);
}

TEST_F(PhyTest, FollowsTheCable) {
  StartWith({});
  chip_->Unplug();
  Run(200ms);
  EXPECT_EQ(phy_.state(), State::kDown);
  EXPECT_EQ(phy_.stats().link_losses, 1u);
  chip_->PlugIn();
  Run(2s);
  EXPECT_EQ(phy_.state(), State::kUp);
  EXPECT_EQ(phy_.stats().link_losses, 1u);
}

TEST_F(PhyTest, SeesAFlapShorterThanItsPolls) {
  StartWith({});
  chip_->Flap();
  Run(1s);
  EXPECT_EQ(phy_.stats().link_losses, 1u);
  EXPECT_EQ(phy_.state(), State::kUp);
}

TEST_F(PhyTest, ReportsAFlapAsDownForOnePoll) {
  StartWith({});
  chip_->Flap();
  const base::Instant next = phy_.Poll(now_ + Phy::kPollPeriod);
  EXPECT_FALSE(phy_.link().is_up());
  EXPECT_LE(next, now_ + Phy::kPollPeriod + Phy::kSoon);
  phy_.Poll(next);
  EXPECT_TRUE(phy_.link().is_up());
}

TEST_F(PhyTest, RestartsNegotiation) {
  StartWith({});
  phy_.RestartNegotiation();
  Run(10ms);
  EXPECT_EQ(phy_.state(), State::kDown);
  EXPECT_EQ(phy_.stats().negotiations, 2u);
  Run(2s);
  EXPECT_EQ(phy_.state(), State::kUp);
}

TEST_F(PhyTest, LoopbackIsALinkOfItsOwn) {
  phy_.Start();
  Run(1s);
  EXPECT_EQ(phy_.state(), State::kDown);
  phy_.SetLoopback(true);
  Run(10ms);
  EXPECT_TRUE(chip_->loopback());
  EXPECT_EQ(phy_.link(), Up(100, Duplex::kFull, false));
  phy_.SetLoopback(false);
  Run(10ms);
  EXPECT_FALSE(chip_->loopback());
  EXPECT_FALSE(phy_.link().is_up());
  chip_->PlugIn();
  Run(2s);
  EXPECT_EQ(phy_.link(), Up(100, Duplex::kFull, true));
}

TEST_F(PhyTest, GivesUpAResetThatDoesNotEndAndTriesAgain) {
  Attach({.resets = false});
  phy_.Start();
  Run(Phy::kResetLimit + 10ms);
  EXPECT_EQ(phy_.state(), State::kMissing);
  EXPECT_EQ(phy_.stats().reset_timeouts, 1u);
  Attach({});
  chip_->PlugIn();
  Run(3s);
  EXPECT_EQ(phy_.state(), State::kUp);
}

TEST_F(PhyTest, WaitsForAPhyThatComesLate) {
  mdio_.SetFault(MdioFault::kStuckHigh);
  phy_.Start();
  Run(2s);
  EXPECT_EQ(phy_.state(), State::kMissing);
  EXPECT_EQ(chip_->resets(), 0u);
  mdio_.SetFault(MdioFault::kNone);
  chip_->PlugIn();
  Run(3s);
  EXPECT_EQ(phy_.state(), State::kUp);
}

TEST_F(PhyTest, OneSpoiltStatusReadDoesNotDropTheLink) {
  StartWith({});
  mdio_.SpoilReads(1, 2);
  Run(1s);
  EXPECT_EQ(phy_.state(), State::kUp);
  EXPECT_EQ(phy_.stats().bad_reads, 2u);
  EXPECT_EQ(phy_.stats().link_losses, 0u);
}

TEST_F(PhyTest, SpoiltStatusReadsNowAndThenDoNotAddUp) {
  StartWith({});
  for (int i = 0; i < 3; ++i) {
    mdio_.SpoilReads(1, 2);
    Run(1s);
  }
  EXPECT_EQ(phy_.state(), State::kUp);
  EXPECT_EQ(phy_.stats().bad_reads, 6u);
  EXPECT_EQ(chip_->resets(), 1u);
}

TEST_F(PhyTest, SpoiltModeReadKeepsTheModeThatWas) {
  StartWith({.abilities = 0x00a1});
  mdio_.SpoilReads(3);  // status, advertisement, partner: all ones would be full duplex
  Run(Phy::kPollPeriod);
  EXPECT_EQ(phy_.link(), Up(100, Duplex::kHalf, false));
}

class PhyDeadBus : public PhyTest, public testing::WithParamInterface<MdioFault> {};

TEST_P(PhyDeadBus, EndsTheLinkAfterThreeReads) {
  StartWith({});
  mdio_.SetFault(GetParam());
  Run(Phy::kPollPeriod + 3 * Phy::kBadReadRetry);
  EXPECT_EQ(phy_.state(), State::kMissing);
  EXPECT_FALSE(phy_.link().is_up());
  EXPECT_EQ(phy_.stats().bad_reads, uint32_t{Phy::kMaxBadReads});
}

INSTANTIATE_TEST_SUITE_P(Faults, PhyDeadBus,
                         testing::Values(MdioFault::kStuckHigh, MdioFault::kStuckLow,
                                         MdioFault::kTimeout));

TEST_F(PhyTest, IdThatChangesBetweenTwoReadsIsNotUsed) {
  chip_->PlugIn();
  phy_.Start();
  mdio_.SpoilReads(4);  // the second reading of register 3
  Run(10ms);
  EXPECT_EQ(phy_.state(), State::kMissing);
  EXPECT_EQ(phy_.stats().bad_reads, 1u);
  EXPECT_EQ(chip_->resets(), 0u);
}

TEST_F(PhyTest, InterruptIsEnabledAfterResetAndTakenBack) {
  Attach({.id = 0x0007c0d1, .vendor = test::PhyVendor::kLan911x});
  phy_.EnableInterrupts();
  StartWith({});
  EXPECT_TRUE(chip_->interrupt());
  EXPECT_EQ(phy_.AcknowledgeInterrupt(), base::Status::kOk);
  EXPECT_FALSE(chip_->interrupt());
  chip_->Unplug();
  EXPECT_TRUE(chip_->interrupt());
  EXPECT_EQ(phy_.AcknowledgeInterrupt(), base::Status::kOk);
  phy_.Poll(now_);
  EXPECT_FALSE(phy_.link().is_up());
}

TEST(PhyScanTest, FindsTheAddress) {
  test::PhyModel chip({.id = 0x20005c90});
  test::MdioModel mdio;
  mdio.Attach(17, chip);
  const auto scan = ScanPhys(mdio);
  ASSERT_TRUE(scan);
  EXPECT_EQ((*scan)[17], 0x20005c90u);
  EXPECT_EQ((*scan)[16], 0xffffffffu);
  EXPECT_EQ(PickPhy(*scan), uint8_t{17});
}

TEST(PhyScanTest, PassesTheBroadcastAddressOver) {
  test::PhyModel chip({.id = 0x00221561});
  test::MdioModel mdio;
  mdio.Attach(0, chip);
  mdio.Attach(5, chip);
  EXPECT_EQ(PickPhy(ScanPhys(mdio).value()), uint8_t{5});
}

TEST(PhyScanTest, TakesAddressZeroWhenItIsTheOnlyOne) {
  test::PhyModel chip({.id = 0x00221561});
  test::PhyModel other({.id = 0x0007c0f1});
  test::MdioModel mdio;
  mdio.Attach(0, chip);
  EXPECT_EQ(PickPhy(ScanPhys(mdio).value()), uint8_t{0});
  mdio.Attach(9, other);
  EXPECT_EQ(PickPhy(ScanPhys(mdio).value()), uint8_t{0});
}

TEST(PhyScanTest, DeadBusHasNoPhy) {
  test::MdioModel mdio;
  EXPECT_EQ(PickPhy(ScanPhys(mdio).value()), std::unexpected(base::Status::kNotFound));
  mdio.SetFault(MdioFault::kStuckLow);
  EXPECT_EQ(PickPhy(ScanPhys(mdio).value()), std::unexpected(base::Status::kNotFound));
  mdio.SetFault(MdioFault::kTimeout);
  EXPECT_EQ(ScanPhys(mdio), std::unexpected(base::Status::kDeadlineExceeded));
}

TEST(PhyScanTest, PhyWithoutAddressScansForIt) {
  test::PhyModel chip({.id = 0x00112230});
  test::MdioModel mdio;
  mdio.Attach(21, chip);
  Phy phy(mdio, Phy::kScanForAddress);
  phy.Start();
  phy.Poll(base::Instant());
  EXPECT_EQ(phy.address(), 21);
  EXPECT_EQ(phy.state(), State::kResetting);
}

}  // namespace
}  // namespace drivers
