// Finding, resetting and configuring the chip; the link and what the MAC makes of it.
#include <vector>

#include "tests/drivers/lan9118/lan9118_fixture.h"
#include "tests/support/scripted_bus.h"

namespace drivers {
namespace {

using namespace std::chrono_literals;
using base::Status;
using test::BusAccess;
using test::BusRead;
using test::BusWrite;

constexpr uint32_t kMacFullDuplex = 0x0010'0000;
constexpr uint32_t kMacIgnoreOwn = 0x0080'0000;
constexpr uint32_t kMacRunning = 0x0000'000c;

// A write of a MAC register through the command pair.
void AppendMacWrite(std::vector<BusAccess>& script, uint32_t index, uint32_t value) {
  script.insert(script.end(), {BusRead(0xa4, 0), BusWrite(0xa8, value),
                               BusWrite(0xa4, 0x8000'0000 | index), BusRead(0xa4, 0)});
}

TEST(Lan9118Start, FollowsTheDatasheet) {
  std::vector<BusAccess> script = {
      BusRead(0x84, 0x1), BusRead(0x84, 0x1), BusRead(0x64, 0x8765'4321),
      BusRead(0x50, 0x0118'0001),
      // Soft reset, then the EEPROM.
      BusWrite(0x74, 0x1), BusRead(0x74, 0x0005'0001), BusRead(0x74, 0x0005'0000),
      BusRead(0xb0, 0x8000'0000), BusRead(0xb0, 0),
      // FIFO sizes, LEDs, flow control levels, interrupts off, receive offset.
      BusWrite(0x74, 0x0015'0000), BusWrite(0x88, 0x7007'0000), BusWrite(0xac, 0x006e'3740),
      BusWrite(0x68, 0x4800'0000), BusWrite(0x5c, 0), BusWrite(0x58, 0xffff'ffff),
      BusWrite(0x54, 0x11), BusWrite(0x6c, 0x200)};
  AppendMacWrite(script, 2, 0x0000'3020);
  AppendMacWrite(script, 3, 0x105e'0002);
  AppendMacWrite(script, 8, 0);
  script.push_back(BusWrite(0xac, 0x006e'3740));
  AppendMacWrite(script, 1, kMacIgnoreOwn | kMacRunning);
  script.push_back(BusWrite(0x70, 0x2));

  test::ScriptedBus bus(script);
  test::TestPools pools;
  Lan9118 mac(bus, pools.pools());
  EXPECT_EQ(mac.Start(kOwn), Status::kOk);
  EXPECT_EQ(mac.chip_id(), 0x0118'0001u);
}

class Lan9118StartTest : public Lan9118Fixture {};

TEST_F(Lan9118StartTest, WakesASleepingChip) {
  chip_.Sleep();
  EXPECT_EQ(mac_.Start(kOwn), Status::kOk);
}

TEST_F(Lan9118StartTest, NobodyThereIsNotFound) {
  for (const uint32_t pattern : {0xffff'ffffu, 0x0000'0000u, 0x2143'6587u}) {
    chip_.Die(pattern);
    EXPECT_EQ(mac_.Start(kOwn), Status::kNotFound) << std::hex << pattern;
  }
}

TEST_F(Lan9118StartTest, StrangerIsNotFound) {
  chip_.SetChipId(0x9500'0001);
  EXPECT_EQ(mac_.Start(kOwn), Status::kNotFound);
  EXPECT_EQ(mac_.chip_id(), 0x9500'0001u);
}

TEST_F(Lan9118StartTest, RelativesAreTaken) {
  for (const uint32_t id : {0x0115'0000u, 0x117a'0001u, 0x9220'0000u, 0x9221'0000u}) {
    chip_.SetChipId(id);
    EXPECT_EQ(mac_.Start(kOwn), Status::kOk) << std::hex << id;
  }
}

TEST_F(Lan9118StartTest, ResetThatDoesNotEndIsGivenUp) {
  chip_.HangReset();
  EXPECT_EQ(mac_.Start(kOwn), Status::kDeadlineExceeded);
  EXPECT_EQ(mac_.details().bus_timeouts, 1u);
}

TEST_F(Lan9118StartTest, MacRegistersThatDoNotAnswerAreGivenUp) {
  chip_.HangCsr(true);
  EXPECT_EQ(mac_.Start(kOwn), Status::kDeadlineExceeded);
  EXPECT_EQ(mac_.details().bus_timeouts, 1u);
}

TEST_F(Lan9118StartTest, SetsTheMacToTheLink) {
  Start();
  EXPECT_EQ(mac_.link(), (base::LinkMode{base::LinkState::kUp, 100, base::Duplex::kFull, true}));
  EXPECT_EQ(mac_.stats().link_changes, 1u);
  EXPECT_EQ(chip_.mac(1), kMacFullDuplex | kMacRunning);
  EXPECT_EQ(chip_.mac(8), 0xffff'0002u);     // FLOW
  EXPECT_EQ(chip_.reg(0xac), 0x006e'3741u);  // AFC_CFG
  EXPECT_EQ(mac_.phy().model().name, "LAN911x");

  chip_.phy().Unplug();
  Run(1s);
  EXPECT_FALSE(mac_.link().is_up());
  chip_.phy().PlugIn({.negotiates = false, .speed_mbit = 10});
  Run(3s);
  EXPECT_EQ(mac_.link(), (base::LinkMode{base::LinkState::kUp, 10, base::Duplex::kHalf, false}));
  EXPECT_EQ(chip_.mac(1), kMacIgnoreOwn | kMacRunning);
  EXPECT_EQ(chip_.mac(8), 0u);
  EXPECT_EQ(chip_.reg(0xac), 0x006e'3740u);
  EXPECT_EQ(mac_.stats().link_changes, 3u);
}

TEST_F(Lan9118StartTest, ChecksTheLinkWhenAsked) {
  Start();
  chip_.phy().Unplug();
  mac_.Poll(now_);
  EXPECT_TRUE(mac_.link().is_up());
  mac_.CheckLink();
  mac_.Poll(now_);
  EXPECT_FALSE(mac_.link().is_up());
}

TEST_F(Lan9118StartTest, HungManagementUnitEndsTheLink) {
  Start();
  chip_.HangMii(true);
  Run(1s);
  EXPECT_FALSE(mac_.link().is_up());
  EXPECT_GE(mac_.details().bus_timeouts, 3u);
  chip_.HangMii(false);
  Run(4s);
  EXPECT_TRUE(mac_.link().is_up());
}

TEST_F(Lan9118StartTest, MacThatDoesNotTakeItsSettingsIsNoLink) {
  chip_.phy().PlugIn();
  ASSERT_EQ(mac_.Start(kOwn), Status::kOk);
  Run(3s);
  chip_.HangCsr(true);
  mac_.SetReceiveFilter(ReceiveFilter::kEverything);
  Run(10ms);
  EXPECT_FALSE(mac_.link().is_up());
  chip_.HangCsr(false);
  Run(4s);
  EXPECT_TRUE(mac_.link().is_up());
  EXPECT_EQ(chip_.mac(1), 0x0004'0000u | kMacFullDuplex | kMacRunning);
}

TEST_F(Lan9118StartTest, DumpsItsRegistersByName) {
  Start();
  for (const NamedRegister& reg : mac_.registers()) {
    EXPECT_TRUE(mac_.ReadRegister(reg.address)) << reg.name;
  }
  EXPECT_EQ(mac_.ReadRegister(0x50), 0x0118'0001u);
  EXPECT_EQ(mac_.ReadRegister(0x103), 0x105e'0002u);
  EXPECT_EQ(mac_.WriteRegister(0x98, 0x5a5a'5a5a), Status::kOk);
  EXPECT_EQ(mac_.ReadRegister(0x98), 0x5a5a'5a5au);
  EXPECT_EQ(mac_.WriteRegister(0x104, 7), Status::kOk);
  EXPECT_EQ(chip_.mac(4), 7u);
}

TEST_F(Lan9118StartTest, RegistersThatChangeWhenReadAreNotInTheDump) {
  Start();
  for (const uint32_t address : {0x00u, 0x20u, 0x40u, 0x48u, 0xa0u, 0x60u, 0x10cu}) {
    EXPECT_EQ(mac_.ReadRegister(address), std::unexpected(Status::kNotFound)) << address;
    EXPECT_EQ(mac_.WriteRegister(address, 0), Status::kNotFound) << address;
  }
}

TEST_F(Lan9118StartTest, SaysWhatItCan) {
  const base::Capabilities can = mac_.capabilities();
  EXPECT_TRUE(can.sums_received_frames);
  EXPECT_TRUE(can.mac_loopback);
  EXPECT_TRUE(can.phy_loopback);
  EXPECT_FALSE(can.dma);
  EXPECT_EQ(can.receive_window_frames, test::Lan9118Model::kRxDataBytes / 1520);
}

}  // namespace
}  // namespace drivers
