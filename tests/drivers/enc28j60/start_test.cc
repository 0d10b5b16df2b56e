// Finding, resetting and configuring the chip; the link and what the MAC makes of it.
#include <vector>

#include "tests/drivers/enc28j60/enc28j60_fixture.h"
#include "tests/support/scripted_spi.h"

namespace drivers {
namespace {

using namespace std::chrono_literals;
using base::Status;
using test::SpiTransaction;
using test::ToBytes;

SpiTransaction Write(int offset, int value) { return {ToBytes({0x40 | offset, value}), {}}; }
SpiTransaction Set(int offset, int bits) { return {ToBytes({0x80 | offset, bits}), {}}; }
SpiTransaction Clear(int offset, int bits) { return {ToBytes({0xa0 | offset, bits}), {}}; }
SpiTransaction Read(int offset, int value) { return {ToBytes({offset}), ToBytes({value})}; }
// MAC and MII registers: a byte of anything comes first.
SpiTransaction ReadMac(int offset, int value) {
  return {ToBytes({offset}), ToBytes({0x5a, value})};
}

constexpr int kEie = 0x1b;
constexpr int kEstat = 0x1d;
constexpr int kEcon2 = 0x1e;
constexpr int kEcon1 = 0x1f;
constexpr int kErevid = 0x12;

// From the search for the chip to the end of its reset: 2.2 and 11.2.
std::vector<SpiTransaction> ResetScript() {
  return {Set(kEcon1, 3),
          Read(kErevid, 6),
          Clear(kEcon2, 0x20),
          // A system reset, then the clock and who is there.
          {ToBytes({0xff}), {}},
          Read(kEstat, 0x01),
          Set(kEcon1, 3),
          Read(kErevid, 6)};
}

// 6.1 to 6.5.
std::vector<SpiTransaction> SettingsScript() {
  return {// AUTOINC, no interrupts.
          Write(kEcon2, 0x80), Write(kEie, 0),
          // ERXST, ERXND, ERXRDPT.
          Clear(kEcon1, 3), Write(0x08, 0x00), Write(0x09, 0x00), Write(0x0a, 0x1b),
          Write(0x0b, 0x14), Write(0x0c, 0x1b), Write(0x0d, 0x14),
          // ERXFCON: unicast, broadcast, good check sequence.
          Set(kEcon1, 1), Write(0x18, 0xa1),
          // MACON4, MAIPG, MAMXFL.
          Clear(kEcon1, 1), Set(kEcon1, 2), Write(0x03, 0x40), Write(0x06, 0x12), Write(0x07, 0x0c),
          Write(0x0a, 0xee), Write(0x0b, 0x05),
          // MAADR1 to MAADR6, and back.
          Set(kEcon1, 1), Write(0x04, 0x02), Write(0x05, 0x00), Write(0x02, 0x5e),
          Write(0x03, 0x10), Write(0x00, 0x20), Write(0x01, 0x30), ReadMac(0x04, 0x02),
          ReadMac(0x05, 0x00), ReadMac(0x02, 0x5e), ReadMac(0x03, 0x10), ReadMac(0x00, 0x20),
          ReadMac(0x01, 0x30),
          // Half duplex: MACON1, MACON3, MABBIPG. Then RXEN.
          Clear(kEcon1, 0x04), Clear(kEcon1, 1), Write(0x00, 0x01), Write(0x02, 0x32),
          Write(0x04, 0x12), Set(kEcon1, 0x04)};
}

// With the waits of erratum 2.
TEST(Enc28j60Start, FollowsTheDatasheet) {
  std::vector<SpiTransaction> script = ResetScript();
  std::ranges::copy(SettingsScript(), std::back_inserter(script));
  test::ScriptedSpi spi(script);
  spi.AllowMore();
  test::TestPools pools;
  Enc28j60 mac(spi, pools.pools());
  EXPECT_EQ(mac.Start(kOwn), Status::kOk);
  EXPECT_EQ(mac.revision(), 6);
  const base::Instant start = base::FromMicroseconds(7'000);
  EXPECT_EQ(mac.Poll(start), start + 1ms);
  EXPECT_EQ(mac.Poll(start + 999us), start + 1ms);
  EXPECT_EQ(spi.done(), 3u);
  mac.Poll(start + 1ms);
  EXPECT_EQ(mac.Poll(start + 1001us), start + 2001us);
  EXPECT_EQ(mac.Poll(start + 2000us), start + 2001us);
  EXPECT_EQ(spi.done(), 4u);
  mac.Poll(start + 2001us);
  EXPECT_EQ(mac.state(), Enc28j60::State::kRunning);
}

class Enc28j60StartTest : public Enc28j60Fixture {};

TEST_F(Enc28j60StartTest, BringsTheLinkUpInHalfDuplex) {
  Start();
  EXPECT_EQ(mac_.link(), (base::LinkMode{base::LinkState::kUp, 10, base::Duplex::kHalf, false}));
  EXPECT_EQ(mac_.stats().link_changes, 1u);
  EXPECT_EQ(mac_.phy().model().name, "ENC28J60");
  EXPECT_EQ(reg(0x200), 0x01);         // MACON1
  EXPECT_EQ(reg(0x202), 0x32);         // MACON3
  EXPECT_EQ(reg(0x204), 0x12);         // MABBIPG
  EXPECT_EQ(chip_.phy(0x00), 0x0000);  // PHCON1
  EXPECT_EQ(chip_.phy(0x10), 0x0100);  // PHCON2.HDLDIS
  EXPECT_EQ(chip_.phy(0x14), 0x3472);  // PHLCON
  EXPECT_EQ(chip_.phy(0x12), 0x0012);  // PHIE
  EXPECT_EQ(mac_.details().start_failures, 0u);
  EXPECT_EQ(mac_.details().bus_timeouts, 0u);
}

TEST_F(Enc28j60StartTest, NobodyThereIsNotFound) {
  for (const char* const fault : {"no-chip", "miso-stuck-low", "wrong-revision"}) {
    ASSERT_TRUE(chip_.SetFault(fault, true));
    EXPECT_EQ(mac_.Start(kOwn), Status::kNotFound) << fault;
    EXPECT_EQ(mac_.Poll(now()), base::kNever);
    EXPECT_TRUE(mac_.ArmInterrupt());
    chip_.SetFault(fault, false);
  }
  violations_.Clear();  // writes into the void
}

TEST_F(Enc28j60StartTest, WakesAChipInPowerSave) {
  chip_.set_reg(0x01e, 0xa0);
  Start();
}

TEST_F(Enc28j60StartTest, StartsAgainFromAnyState) {
  Start();
  ASSERT_TRUE(chip_.Deliver(Frame(100)));
  Start();
  EXPECT_EQ(mac_.Receive().error(), Status::kUnavailable);
  ASSERT_TRUE(chip_.Deliver(Frame(100)));
  EXPECT_TRUE(mac_.Receive());
}

TEST_F(Enc28j60StartTest, ChipThatGoesAwayWhileItStartsIsTriedAgain) {
  chip_.PlugIn({});
  ASSERT_EQ(mac_.Start(kOwn), Status::kOk);
  chip_.SetFault("no-chip", true);
  Run(100ms);
  EXPECT_EQ(mac_.state(), Enc28j60::State::kMissing);
  EXPECT_EQ(mac_.details().start_failures, 1u);
  EXPECT_TRUE(mac_.ArmInterrupt());
  EXPECT_EQ(mac_.Receive().error(), Status::kUnavailable);
  Run(2s);
  EXPECT_EQ(mac_.state(), Enc28j60::State::kMissing);
  chip_.SetFault("no-chip", false);
  Run(1s);
  EXPECT_TRUE(mac_.link().is_up());
}

// Nothing but the settings of the start is left to an ENC28J60 that lost its supply for a moment.
TEST_F(Enc28j60StartTest, ChipThatForgotItsSettingsIsStartedAgain) {
  Start();
  chip_.SetResetPin(false);
  chip_.SetResetPin(true);
  Run(2s);
  EXPECT_TRUE(mac_.link().is_up());
  EXPECT_EQ(mac_.details().lost_settings, 1u);
  EXPECT_EQ(mac_.details().chip_restarts, 1u);
  EXPECT_EQ(mac_.stats().link_changes, 3u);
  EXPECT_EQ(reg(0x304), 0x02);
}

TEST_F(Enc28j60StartTest, ReceiverHeldInResetIsAForgottenSetting) {
  Start();
  chip_.set_reg(0x01f, 0x44);
  Run(1s);
  EXPECT_EQ(mac_.details().lost_settings, 1u);
  EXPECT_TRUE(mac_.link().is_up());
}

TEST_F(Enc28j60StartTest, LinkFollowsTheCable) {
  Start();
  chip_.Unplug();
  Run(300ms);
  EXPECT_FALSE(mac_.link().is_up());
  chip_.PlugIn({});
  Run(300ms);
  EXPECT_TRUE(mac_.link().is_up());
  EXPECT_EQ(mac_.stats().link_changes, 3u);
}

TEST_F(Enc28j60StartTest, ChecksTheLinkWhenAsked) {
  Start();
  Poll();
  chip_.Unplug();
  Poll();
  EXPECT_TRUE(mac_.link().is_up());
  mac_.CheckLink();
  Poll();
  EXPECT_FALSE(mac_.link().is_up());
}

TEST_F(Enc28j60StartTest, PhyThatIsResetGetsItsSettingsBack) {
  Start();
  mac_.phy().Start();
  Run(500ms);
  EXPECT_TRUE(mac_.link().is_up());
  EXPECT_EQ(mac_.phy().stats().resets, 2u);
  EXPECT_EQ(chip_.phy(0x10), 0x0100);
  EXPECT_EQ(chip_.phy(0x12), 0x0012);
}

TEST_F(Enc28j60StartTest, FiltersAsAskedFor) {
  Start();
  EXPECT_EQ(reg(0x118), 0xa1);
  mac_.SetReceiveFilter(ReceiveFilter::kAllMulticast);
  Poll();
  EXPECT_EQ(reg(0x118), 0xa3);
  mac_.SetReceiveFilter(ReceiveFilter::kEverything);
  Poll();
  EXPECT_EQ(reg(0x118), 0x20);
  mac_.SetReceiveFilter(ReceiveFilter::kAddressed);
  Poll();
  EXPECT_EQ(reg(0x118), 0xa1);
}

TEST_F(Enc28j60StartTest, PhyLoopbackTurnsFramesBack) {
  Start();
  ASSERT_EQ(mac_.SetLoopback(base::Loopback::kPhy), Status::kOk);
  Run(100ms);
  ASSERT_TRUE(mac_.link().is_up());
  EXPECT_EQ(chip_.phy(0x00), 0x4100);
  EXPECT_EQ(reg(0x202), 0x33);
  const auto sent = Frame(333);
  ASSERT_EQ(mac_.Transmit(MakePbuf(sent)), Status::kOk);
  Pass(2ms);
  const auto received = mac_.Receive();
  ASSERT_TRUE(received);
  EXPECT_EQ(test::ToVector(received->bytes()), sent);
  EXPECT_TRUE(chip_.sent().empty());

  ASSERT_EQ(mac_.SetLoopback(base::Loopback::kOff), Status::kOk);
  Run(500ms);
  EXPECT_EQ(chip_.phy(0x00), 0x0000);
  EXPECT_EQ(mac_.link().duplex, base::Duplex::kHalf);
}

TEST_F(Enc28j60StartTest, HasNoMacLoopback) {
  Start();
  EXPECT_EQ(mac_.SetLoopback(base::Loopback::kMac), Status::kUnimplemented);
}

TEST_F(Enc28j60StartTest, PhyIsAtAddressZeroAlone) {
  Start();
  EXPECT_EQ(mac_.mdio().Read(0, 2), 0x0083);
  EXPECT_EQ(mac_.mdio().Read(1, 2), 0xffff);
  EXPECT_EQ(mac_.mdio().Read(31, 2), 0xffff);
  EXPECT_EQ(mac_.mdio().Read(32, 2), std::unexpected(Status::kInvalidArgument));
  EXPECT_EQ(mac_.mdio().Read(0, 32), std::unexpected(Status::kInvalidArgument));
  EXPECT_EQ(mac_.mdio().Write(1, 0, 0x4000), Status::kOk);
  EXPECT_EQ(chip_.phy(0), 0x0000);
  EXPECT_EQ(mac_.mdio().Write(32, 0, 0x4000), Status::kInvalidArgument);
  EXPECT_EQ(mac_.mdio().Write(0, 32, 0x4000), Status::kInvalidArgument);
}

TEST_F(Enc28j60StartTest, PhyAccessThatDoesNotEndIsGivenUp) {
  Start();
  chip_.SetFault("no-chip", true);
  EXPECT_EQ(mac_.mdio().Read(0, 2), std::unexpected(Status::kDeadlineExceeded));
  EXPECT_EQ(mac_.mdio().Write(0, 0, 0), Status::kDeadlineExceeded);
  EXPECT_EQ(mac_.details().bus_timeouts, 2u);
}

TEST_F(Enc28j60StartTest, DumpsItsRegistersByName) {
  Start();
  for (const NamedRegister& named : mac_.registers()) {
    const auto value = mac_.ReadRegister(named.address);
    ASSERT_TRUE(value) << named.name;
    const std::vector<std::pair<std::string_view, uint32_t>> known = {
        {"EREVID", 6},     {"ERXND", 0x141b},  {"MAMXFL", 1518},  {"MAADR3", 0x5e},
        {"PHID1", 0x0083}, {"PHLCON", 0x3472}, {"ERXFCON", 0xa1}, {"MACON3", 0x32},
        {"ECON2", 0x80},   {"MAIPG", 0x0c12},  {"MABBIPG", 0x12}, {"PHCON2", 0x0100}};
    for (const auto& [name, expected] : known) {
      EXPECT_TRUE(name != named.name || *value == expected) << name << " " << std::hex << *value;
    }
  }
}

TEST_F(Enc28j60StartTest, WritesRegistersByName) {
  Start();
  const auto address = [&](std::string_view name) {
    return std::ranges::find(mac_.registers(), name, &NamedRegister::name)->address;
  };
  EXPECT_EQ(mac_.WriteRegister(address("EWRPT"), 0x1234), Status::kOk);
  EXPECT_EQ(chip_.pointer(0x002), 0x1234);
  EXPECT_EQ(mac_.WriteRegister(address("MACLCON1"), 7), Status::kOk);
  EXPECT_EQ(reg(0x208), 7);
  EXPECT_EQ(mac_.WriteRegister(address("PHLCON"), 0x3422), Status::kOk);
  EXPECT_EQ(chip_.phy(0x14), 0x3422);
  // The bank bits of ECON1 are the driver's; it does not trust what it remembers of them.
  EXPECT_EQ(mac_.WriteRegister(address("ECON1"), 0x06), Status::kOk);
  EXPECT_EQ(mac_.ReadRegister(address("EREVID")), 6u);
}

TEST_F(Enc28j60StartTest, RegistersThatChangeWhenReadAreNotInTheDump) {
  Start();
  for (const uint32_t address : {0x401u, 0x413u, 0x11u, 0x1au, 0x7au}) {
    EXPECT_EQ(mac_.ReadRegister(address), std::unexpected(Status::kNotFound)) << address;
    EXPECT_EQ(mac_.WriteRegister(address, 0), Status::kNotFound) << address;
  }
}

TEST_F(Enc28j60StartTest, SaysWhatItCan) {
  const base::Capabilities can = mac_.capabilities();
  EXPECT_TRUE(can.phy_loopback);
  EXPECT_FALSE(can.mac_loopback);
  EXPECT_FALSE(can.sums_received_frames);
  EXPECT_FALSE(can.dma);
  EXPECT_EQ(can.receive_window_frames, 3);
}

class Enc28j60FullDuplex : public Enc28j60Fixture {
 protected:
  Enc28j60FullDuplex() : Enc28j60Fixture({.full_duplex = true}) {}
};

TEST_F(Enc28j60FullDuplex, SetsMacAndPhy) {
  Start();
  EXPECT_EQ(mac_.link(), (base::LinkMode{base::LinkState::kUp, 10, base::Duplex::kFull, false}));
  EXPECT_EQ(chip_.phy(0x00), 0x0100);
  EXPECT_EQ(reg(0x200), 0x0d);
  EXPECT_EQ(reg(0x202), 0x33);
  EXPECT_EQ(reg(0x204), 0x15);
}

class Enc28j60Old : public Enc28j60Fixture {
 protected:
  Enc28j60Old()
      : Enc28j60Fixture({.spi_hz = 8'000'000}, {.revision = test::Enc28j60Revision::kB1}) {}
};

TEST_F(Enc28j60Old, RunsAtEightMegahertz) {
  spi_.SetRate(8'000'000);
  Start();
  EXPECT_EQ(mac_.revision(), 2);
  EXPECT_EQ(mac_.details().unsafe_spi_rate, 0u);
}

class Enc28j60Slow : public Enc28j60Fixture {
 protected:
  Enc28j60Slow()
      : Enc28j60Fixture({.spi_hz = 4'000'000}, {.revision = test::Enc28j60Revision::kB4}) {}
};

TEST_F(Enc28j60Slow, CountsARateThatItsRevisionDoesNotBear) {
  EXPECT_EQ(mac_.Start(kOwn), Status::kOk);
  EXPECT_EQ(mac_.details().unsafe_spi_rate, 1u);
}

}  // namespace
}  // namespace drivers
