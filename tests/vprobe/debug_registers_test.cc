#include "tests/support/vprobe/debug_registers.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A core that writes down what is done to it.
class RecordingCore : public TargetCore {
 public:
  bool RunSlice() override { return false; }
  void Halt() override { Note("halt", true); }
  void Resume() override { Note("resume", false); }
  void Step() override { Note("step", true); }
  bool halted() override { return halted_; }
  bool TakeBreakpointHit() override { return std::exchange(hit, false); }
  uint32_t ReadRegister(uint32_t number) override { return 0x100 + number; }
  void WriteRegister(uint32_t number, uint32_t value) override {
    events.push_back("r" + std::to_string(number) + "=" + std::to_string(value));
  }
  void SetBreakpoints(std::span<const uint32_t> addresses) override {
    breakpoints.assign(addresses.begin(), addresses.end());
  }
  void Reset(bool halt) override { Note(halt ? "reset halt" : "reset", halt); }

  void set_halted(bool halted) { halted_ = halted; }

  std::vector<std::string> events;
  std::vector<uint32_t> breakpoints;
  bool hit = false;

 private:
  void Note(const char* event, bool halted) {
    events.emplace_back(event);
    halted_ = halted;
  }
  bool halted_ = false;
};

class DebugRegistersTest : public testing::Test {
 protected:
  void Control(uint32_t bits) { registers_.Write(kDhcsr, kDhcsrKey | bits); }

  RecordingCore core_;
  DebugRegisters registers_{core_};
};

TEST_F(DebugRegistersTest, DhcsrNeedsItsKey) {
  registers_.Write(kDhcsr, kDebugEnable | kHaltRequest);
  EXPECT_THAT(core_.events, IsEmpty());
  Control(kDebugEnable | kHaltRequest);
  EXPECT_THAT(core_.events, ElementsAre("halt"));
  EXPECT_EQ(registers_.Read(kDhcsr) & kHalted, kHalted);
  EXPECT_EQ(registers_.Read(kDfsr), kDfsrHalted);
}

TEST_F(DebugRegistersTest, HaltNeedsDebugEnable) {
  Control(kHaltRequest);
  EXPECT_THAT(core_.events, IsEmpty());
}

TEST_F(DebugRegistersTest, HaltStepResume) {
  Control(kDebugEnable | kHaltRequest);
  Control(kDebugEnable | kHaltRequest);
  Control(kDebugEnable | kStepRequest);
  EXPECT_EQ(registers_.Read(kDhcsr) & kHalted, kHalted);
  Control(kDebugEnable);
  EXPECT_EQ(registers_.Read(kDhcsr) & kHalted, 0u);
  EXPECT_THAT(core_.events, ElementsAre("halt", "step", "resume"));
}

TEST_F(DebugRegistersTest, WithoutDebugTheCoreRuns) {
  Control(kDebugEnable | kHaltRequest);
  Control(0);
  EXPECT_THAT(core_.events, ElementsAre("halt", "resume"));
}

TEST_F(DebugRegistersTest, CoreRegistersOfAHaltedCoreOnly) {
  registers_.Write(kDcrdr, 7);
  registers_.Write(kDcrsr, 15);
  EXPECT_EQ(registers_.Read(kDcrdr), 7u);
  core_.set_halted(true);
  registers_.Write(kDcrsr, 15);
  EXPECT_EQ(registers_.Read(kDcrdr), 0x10fu);
  registers_.Write(kDcrdr, 9);
  registers_.Write(kDcrsr, (1u << 16) | 3);
  EXPECT_THAT(core_.events, ElementsAre("r3=9"));
}

TEST_F(DebugRegistersTest, ResetIsSeenOnce) {
  EXPECT_EQ(registers_.Read(kDhcsr) & kResetSeen, kResetSeen);
  EXPECT_EQ(registers_.Read(kDhcsr) & kResetSeen, 0u);
  registers_.Write(kAircr, kAircrKey | kSystemResetRequest);
  EXPECT_EQ(registers_.Read(kDhcsr) & kResetSeen, kResetSeen);
  EXPECT_THAT(core_.events, ElementsAre("reset"));
  EXPECT_EQ(registers_.resets(), 1u);
}

TEST_F(DebugRegistersTest, AircrNeedsItsKey) {
  registers_.Write(kAircr, kSystemResetRequest);
  registers_.Write(kAircr, kAircrKey);
  EXPECT_THAT(core_.events, IsEmpty());
}

TEST_F(DebugRegistersTest, VectorCatchHaltsAfterResetAndSurvivesIt) {
  Control(kDebugEnable);
  registers_.Write(kDemcr, kCatchReset);
  registers_.Write(kAircr, kAircrKey | kVectorReset);
  EXPECT_THAT(core_.events, ElementsAre("reset halt"));
  EXPECT_EQ(registers_.Read(kDfsr), kDfsrVectorCatch);
  EXPECT_EQ(registers_.Read(kDemcr), kCatchReset);
  registers_.PowerUp();
  EXPECT_EQ(registers_.Read(kDemcr), 0u);
  EXPECT_THAT(core_.events, ElementsAre("reset halt", "reset"));
}

TEST_F(DebugRegistersTest, VectorCatchNeedsDebugEnable) {
  registers_.Write(kDemcr, kCatchReset);
  registers_.Write(kAircr, kAircrKey | kSystemResetRequest);
  EXPECT_THAT(core_.events, ElementsAre("reset"));
}

TEST_F(DebugRegistersTest, DfsrClearsWhereOnesAreWritten) {
  Control(kDebugEnable | kHaltRequest);
  core_.hit = true;
  EXPECT_EQ(registers_.Read(kDfsr), kDfsrHalted | kDfsrBreakpoint);
  registers_.Write(kDfsr, kDfsrHalted);
  EXPECT_EQ(registers_.Read(kDfsr), kDfsrBreakpoint);
}

TEST_F(DebugRegistersTest, ComparatorsChooseHalfwords) {
  registers_.Write(kFpComp0, 0x40000101);
  EXPECT_THAT(core_.breakpoints, IsEmpty());
  registers_.Write(kFpCtrl, 3);
  EXPECT_THAT(core_.breakpoints, ElementsAre(0x100));
  registers_.Write(kFpComp0 + 4, 0x80000201);
  registers_.Write(kFpComp0 + 8, 0xc0000301);
  EXPECT_THAT(core_.breakpoints, ElementsAre(0x100, 0x202, 0x300, 0x302));
  registers_.Write(kFpComp0, 0x40000100);
  EXPECT_THAT(core_.breakpoints, ElementsAre(0x202, 0x300, 0x302));
  registers_.Write(kFpCtrl, 1);  // without the key
  EXPECT_EQ(registers_.Read(kFpCtrl), 0x261u);
  registers_.Write(kFpCtrl, 2);
  EXPECT_THAT(core_.breakpoints, IsEmpty());
}

TEST_F(DebugRegistersTest, TheRomTableLeadsToTheSystemControlSpace) {
  const uint32_t entry = registers_.Read(kRomTable);
  EXPECT_EQ(kRomTable + (entry & ~0xfffu), 0xe000e000u);
  EXPECT_EQ(registers_.Read(kRomTable + 0xff0), 0x0du);
  EXPECT_EQ(registers_.Read(kRomTable + 0xff4), 0x10u);
  EXPECT_EQ(registers_.Read(0xe000eff4), 0xe0u);
}

}  // namespace
}  // namespace test
