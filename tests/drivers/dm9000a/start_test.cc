// Finding, resetting and configuring the chip; the link and what the MAC makes of it.
#include <array>
#include <utility>
#include <vector>

#include "tests/drivers/dm9000a/dm9000a_fixture.h"

namespace drivers {
namespace {

using namespace std::chrono_literals;
using base::Status;

// Expects exactly the accesses that it was told.
class ScriptedPorts final : public IndexDataBus {
 public:
  struct Access {
    enum class Kind : uint8_t { kIndex, kRead, kWrite } kind;
    uint16_t value;
    bool operator==(const Access&) const = default;
  };

  explicit ScriptedPorts(std::vector<Access> script)
      : IndexDataBus(Width::k16), script_(std::move(script)) {}
  ~ScriptedPorts() { EXPECT_EQ(next_, script_.size()) << "accesses of the script are left over"; }

 private:
  void DoWriteIndex(uint8_t index) override { Take({Access::Kind::kIndex, index}); }
  uint16_t DoReadData() override {
    const uint16_t value = next_ < script_.size() ? script_[next_].value : uint16_t{0};
    Take({Access::Kind::kRead, value});
    return value;
  }
  void DoWriteData(uint16_t value) override { Take({Access::Kind::kWrite, value}); }
  base::Sum DoReadBlock(base::ByteSpan, size_t) override {
    ADD_FAILURE() << "unexpected block read";
    return 0;
  }
  void DoWriteBlock(base::ConstByteSpan) override { ADD_FAILURE() << "unexpected block write"; }

  void Take(const Access& access) {
    ASSERT_LT(next_, script_.size()) << "behind the script: " << access.value;
    EXPECT_EQ(access, script_[next_]) << "access " << next_ << std::hex << ": " << access.value
                                      << " instead of " << script_[next_].value;
    ++next_;
  }

  std::vector<Access> script_;
  size_t next_ = 0;
};

class Script {
 public:
  using Access = ScriptedPorts::Access;

  Script& Read(uint8_t index, uint8_t value) {
    accesses.push_back({Access::Kind::kIndex, index});
    accesses.push_back({Access::Kind::kRead, value});
    return *this;
  }
  Script& Write(uint8_t index, uint8_t value) {
    accesses.push_back({Access::Kind::kIndex, index});
    accesses.push_back({Access::Kind::kWrite, value});
    return *this;
  }

  std::vector<Access> accesses;
};

TEST(Dm9000aStart, FollowsTheApplicationNotes) {
  Script script;
  script.Read(0x28, 0x46).Read(0x29, 0x0a).Read(0x2a, 0x00).Read(0x2b, 0x90);
  script.Read(0x2c, 0x19).Read(0xfe, 0x00);
  // Two resets behind the MAC's loopback, the first one a little slow.
  script.Write(0x00, 0x03).Read(0x00, 0x03).Read(0x00, 0x02).Write(0x00, 0x00);
  script.Write(0x00, 0x03).Read(0x00, 0x02).Write(0x00, 0x00);
  // Pointers wrap, interrupts off, pin active high; flow levels; no checksums; nothing pending.
  script.Write(0xff, 0x80).Write(0x39, 0x00).Write(0x02, 0x00).Write(0x09, 0x5a);
  script.Write(0x31, 0x00).Write(0x32, 0x00).Write(0x01, 0x0c).Write(0xfe, 0x3f);
  for (uint8_t i = 0; i < 6; ++i) {
    script.Write(static_cast<uint8_t>(0x10 + i), kOwn.octets[i]);
  }
  for (uint8_t i = 0; i < 7; ++i) {
    script.Write(static_cast<uint8_t>(0x16 + i), 0x00);
  }
  script.Write(0x1d, 0x80);  // broadcast
  // No loopback, no pause, receiver on; the PHY's power at the very end.
  script.Write(0x00, 0x00).Write(0x0a, 0x00).Write(0x05, 0x21);
  script.Read(0x1f, 0x01).Write(0x1f, 0x00);

  ScriptedPorts bus(script.accesses);
  test::TestPools pools;
  Dm9000a mac(bus, pools.pools());
  EXPECT_EQ(mac.Start(kOwn), Status::kOk);
  EXPECT_EQ(mac.name(), "DM9000A");
}

TEST(Dm9000aStart, ResetThatDoesNotEndIsGivenUp) {
  class HangingPorts final : public IndexDataBus {
   public:
    HangingPorts() : IndexDataBus(Width::k16) {}

   private:
    void DoWriteIndex(uint8_t index) override { index_ = index; }
    uint16_t DoReadData() override {
      constexpr std::array<uint8_t, 5> kId = {0x46, 0x0a, 0x00, 0x90, 0x1a};
      return index_ >= 0x28 && index_ <= 0x2c ? kId[index_ - 0x28] : index_ == 0x00 ? 0x03 : 0;
    }
    void DoWriteData(uint16_t) override {}
    base::Sum DoReadBlock(base::ByteSpan, size_t) override { return 0; }
    void DoWriteBlock(base::ConstByteSpan) override {}

    uint8_t index_ = 0;
  };
  HangingPorts bus;
  test::TestPools pools;
  Dm9000a mac(bus, pools.pools());
  EXPECT_EQ(mac.Start(kOwn), Status::kDeadlineExceeded);
  EXPECT_EQ(mac.details().reset_timeouts, 1u);
  EXPECT_EQ(mac.name(), "DM9000B");
}

class Dm9000aStartTest : public Dm9000aFixture {};

TEST_F(Dm9000aStartTest, NobodyThereIsNotFoundAndLeftAlone) {
  chip_.SetFault("no-chip", true);
  EXPECT_EQ(mac_.Start(kOwn), Status::kNotFound);
  const uint32_t accesses = bus_.accesses();
  EXPECT_EQ(mac_.Poll(Now()), base::kNever);
  ExpectNothing();
  EXPECT_TRUE(mac_.ArmInterrupt());
  EXPECT_EQ(mac_.ReadRegister(0x00).error(), Status::kDeadlineExceeded);
  EXPECT_EQ(bus_.accesses(), accesses);
}

TEST_F(Dm9000aStartTest, StrangerIsNotFound) {
  chip_.SetFault("wrong-id", true);
  EXPECT_EQ(mac_.Start(kOwn), Status::kNotFound);
}

TEST_F(Dm9000aStartTest, ChipStrappedToAnotherWidthIsNotFound) {
  ModelBus narrow(chip_, clock_, IndexDataBus::Width::k8);
  Dm9000a mac(narrow, pools_.pools());
  EXPECT_EQ(mac.Start(kOwn), Status::kNotFound);
  EXPECT_EQ(mac.chip_revision(), 0x19);
}

TEST_F(Dm9000aStartTest, SetsTheMacToTheLink) {
  Start();
  EXPECT_EQ(mac_.link(), (base::LinkMode{base::LinkState::kUp, 100, base::Duplex::kFull, true}));
  EXPECT_EQ(mac_.stats().link_changes, 1u);
  EXPECT_EQ(mac_.phy().id(), 0x0181'b8a0u);
  EXPECT_EQ(chip_.reg(0x0a), 0x21);

  chip_.Unplug();
  Run(1s);
  EXPECT_FALSE(mac_.link().is_up());
  chip_.PlugIn({.negotiates = false, .speed_mbit = 10});
  Run(3s);
  EXPECT_EQ(mac_.link(), (base::LinkMode{base::LinkState::kUp, 10, base::Duplex::kHalf, false}));
  EXPECT_EQ(chip_.reg(0x0a), 0x00);
  EXPECT_EQ(mac_.stats().link_changes, 3u);
}

TEST_F(Dm9000aStartTest, ChecksTheLinkWhenAsked) {
  Start();
  chip_.Unplug();
  mac_.CheckLink();
  mac_.Poll(Now());
  EXPECT_FALSE(mac_.link().is_up());
}

TEST_F(Dm9000aStartTest, PhyWithoutPowerIsMissing) {
  chip_.SetFault("phy-powered-down", true);
  ASSERT_EQ(mac_.Start(kOwn), Status::kOk);
  Run(1s);
  EXPECT_EQ(mac_.phy().state(), Phy::State::kMissing);
  chip_.SetFault("phy-powered-down", false);
  chip_.PlugIn({});
  Run(4s);
  EXPECT_TRUE(mac_.link().is_up());
}

TEST_F(Dm9000aStartTest, OnlyTheInternalPhyAnswers) {
  Start();
  const uint32_t accesses = bus_.accesses();
  EXPECT_EQ(mac_.mdio().Read(0, 2), 0xffff);
  EXPECT_EQ(mac_.mdio().Write(2, 0, 0), Status::kOk);
  EXPECT_EQ(mac_.mdio().Read(32, 2).error(), Status::kInvalidArgument);
  EXPECT_EQ(mac_.mdio().Write(1, 32, 0), Status::kInvalidArgument);
  EXPECT_EQ(bus_.accesses(), accesses);
  EXPECT_EQ(mac_.mdio().Read(1, 2), 0x0181);
}

TEST_F(Dm9000aStartTest, SetsFilters) {
  Start();
  for (const auto& [filter, control] :
       {std::pair{Dm9000aFilter::kAllMulticast, 0x29}, std::pair{Dm9000aFilter::kEverything, 0x2b},
        std::pair{Dm9000aFilter::kAddressed, 0x21}}) {
    mac_.SetReceiveFilter(filter);
    mac_.Poll(Now());
    EXPECT_EQ(chip_.reg(0x05), control);
  }
}

TEST_F(Dm9000aStartTest, AllNamedRegistersCanBeReadWhileItWorks) {
  Start();
  ASSERT_TRUE(chip_.Deliver(Frame(60)));
  for (const NamedRegister& named : mac_.registers()) {
    EXPECT_TRUE(mac_.ReadRegister(named.address).has_value()) << named.name;
  }
  EXPECT_EQ(mac_.ReadRegister(0x01).error(), Status::kNotFound) << "reading NSR clears it";
  EXPECT_EQ(mac_.ReadRegister(0xf2).error(), Status::kNotFound) << "reading MRCMD moves on";
  EXPECT_EQ(mac_.WriteRegister(0x0f, 0x08), Status::kOk);
  EXPECT_EQ(chip_.reg(0x0f), 0x08);
  EXPECT_EQ(mac_.WriteRegister(0xf8, 0), Status::kNotFound);
  ExpectReceived(Frame(60));
}

class Dm9000bStartTest : public Dm9000aFixture {
 protected:
  Dm9000bStartTest() : Dm9000aFixture({.revision = 0x1a}) {}
};

// The model refuses every access within a millisecond.
TEST_F(Dm9000bStartTest, LeavesTheChipAloneWhileThePhyPowersUp) {
  chip_.PlugIn({});
  ASSERT_EQ(mac_.Start(kOwn), Status::kOk);
  const uint32_t accesses = bus_.accesses();
  const base::Instant next = mac_.Poll(Now());
  EXPECT_GE(next, Now() + 1ms);
  ExpectNothing();
  mac_.ReapTransmitted();
  EXPECT_TRUE(mac_.ArmInterrupt());
  EXPECT_EQ(bus_.accesses(), accesses);
  Run(3s);
  EXPECT_TRUE(mac_.link().is_up());
  EXPECT_EQ(mac_.name(), "DM9000B");
}

}  // namespace
}  // namespace drivers
