#include "tests/support/vboard/arm926_core.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/vboard/arm_program.h"

namespace test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr uint32_t kRam = 0x3000'0000;
constexpr uint32_t kRamSize = 0x10'0000;
constexpr uint32_t kCode = kRam + 0x1000;
constexpr uint32_t kDevice = 0x5000'0000;
constexpr uint32_t kTable = kRam + 0x4000;

class Arm926CoreTest : public testing::Test, protected DeviceBus {
 protected:
  Arm926CoreTest() {
    core_.cpu().MapMemory(0, low_, true);
    core_.cpu().MapMemory(kRam, ram_, true);
    core_.cpu().MapDevices(kDevice, 0x1000);
    for (uint32_t vector = 0; vector < 0x20; vector += 4) {
      low_program_.At(vector).Code({kArmSpin});
    }
  }

  uint32_t ReadDevice(uint32_t address, uint32_t) override {
    if (address == kDevice + 0xff0) {
      core_.cpu().FailAccess(address);
    }
    return address & 0xffff;
  }
  void WriteDevice(uint32_t address, uint32_t, uint32_t value) override {
    written_.push_back(address - kDevice + value);
  }
  void StoreToFlash(uint32_t, uint32_t, uint32_t) override {}

  void Start(uint64_t instructions) {
    core_.Reset(kCode);
    Continue(instructions);
  }
  void Continue(uint64_t instructions) {
    for (uint64_t left = instructions; left > 0;) {
      const uint64_t done = core_.Run(left);
      if (done == 0) {
        return;
      }
      left -= done;
    }
  }
  uint32_t Reg(uint32_t number) const { return core_.cpu().Get(number); }
  uint32_t mode() const { return core_.cpu().cpsr() & Arm926Cpu::kModeMask; }

  // Sections: the RAM and the devices where they are, 0 on the RAM, 0xfff on it as well.
  void WriteTable(uint32_t of_devices = 0x5000'0c12) {
    ArmProgram table(ram_, kRam);
    table.At(kTable + 0x300 * 4).Code({0x3000'0c1e});
    table.At(kTable + 0x500 * 4).Code({of_devices});
    table.At(kTable).Code({0x3000'0c1e});
    table.At(kTable + 0xfff * 4).Code({0x3000'0c1e});
  }
  ArmProgram& TurnOnMmu() {
    return program_.Load(0, kTable)
        .Code({kArmWriteTable})
        .Load(0, 1)
        .Code({kArmWriteDomains})
        .Load(0, 0x0000'1007)
        .Code({kArmWriteControl, kArmNothing});
  }

  std::vector<std::byte> low_{0x1000};
  std::vector<std::byte> ram_{kRamSize};
  std::vector<uint32_t> written_;
  Violations violations_;
  Arm926Core core_{*this, violations_};
  ArmProgram low_program_{low_, 0};
  ArmProgram program_ = std::move(ArmProgram(ram_, kRam).At(kCode));
};

TEST_F(Arm926CoreTest, StartsInSupervisorModeAndCounts) {
  program_.Load(4, 0x1234'5678).Code({ArmAdd(4, 1), kArmSpin});
  Start(10);

  EXPECT_EQ(Reg(4), 0x1234'5679u);
  EXPECT_EQ(core_.executed(), 10u);
  EXPECT_EQ(core_.cpu().cpsr() & 0xff, 0xd3u);
  EXPECT_EQ(core_.cpu().ReadCp15(0, 0, 0) & 0xff0f'fff0, 0x4106'9260u);
  EXPECT_THAT(violations_.texts(), IsEmpty());
}

TEST_F(Arm926CoreTest, InterruptSwitchesModeAndReturns) {
  low_program_.At(0x18).Code({ArmAdd(5, 1), kArmReturnFromIrq});
  program_.Code({kArmUnmask, ArmAdd(4, 1), ArmAdd(4, 1), kArmSpin});
  Start(2);
  core_.SetLines(true, false);
  EXPECT_EQ(core_.Run(1), 1u);
  EXPECT_EQ(mode(), Arm926Cpu::kModeIrq);
  EXPECT_NE(core_.cpu().cpsr() & Arm926Cpu::kMaskIrq, 0u);
  EXPECT_EQ(core_.cpu().Get(14), kCode + 12);
  EXPECT_EQ(core_.cpu().spsr() & 0xff, 0x13u);
  core_.SetLines(false, false);
  Continue(5);

  EXPECT_EQ(Reg(4), 2u);
  EXPECT_EQ(Reg(5), 1u);
  EXPECT_EQ(core_.cpu().cpsr() & 0xff, 0x13u);
}

TEST_F(Arm926CoreTest, MaskedInterruptIsTakenWhenTheMaskFalls) {
  low_program_.At(0x18).Code({ArmAdd(5, 1), kArmSpin});
  program_.Code({kArmNothing, kArmNothing, kArmUnmask, ArmAdd(4, 1), kArmSpin});
  core_.Reset(kCode);
  core_.SetLines(true, false);
  Continue(20);

  EXPECT_EQ(Reg(4), 0u) << "not one instruction with the interrupt pending and allowed";
  EXPECT_EQ(Reg(5), 1u);
}

TEST_F(Arm926CoreTest, FastInterruptGoesFirstAndMasksBoth) {
  low_program_.At(0x1c).Code({ArmAdd(5, 1), kArmSpin});
  program_.Code({kArmUnmask, kArmSpin});
  Start(2);
  core_.SetLines(true, true);
  Continue(10);

  EXPECT_EQ(mode(), Arm926Cpu::kModeFiq);
  EXPECT_EQ(core_.cpu().cpsr() & 0xc0, 0xc0u);
  EXPECT_EQ(Reg(5), 1u);
}

TEST_F(Arm926CoreTest, WaitsForAnInterruptEvenAMaskedOne) {
  program_.Code({kArmWait, ArmAdd(4, 1), kArmSpin});
  Start(10);
  EXPECT_TRUE(core_.is_asleep());
  EXPECT_EQ(Reg(4), 0u);
  EXPECT_EQ(core_.Run(10), 0u);
  core_.SetLines(true, false);
  Continue(3);

  EXPECT_FALSE(core_.is_asleep());
  EXPECT_EQ(Reg(4), 1u);
  EXPECT_EQ(mode(), Arm926Cpu::kModeSupervisor);
}

TEST_F(Arm926CoreTest, SupervisorCallAndUndefinedInstruction) {
  low_program_.At(0x08).Code({ArmAdd(6, 1)}).Code({kArmReturnFromSwi});
  low_program_.At(0x04).Jump(0x40).At(0x40).Code({ArmAdd(5, 1), kArmReturnFromSwi});
  program_.Code({kArmUndefined, ArmAdd(4, 1), kArmSpin});
  Start(20);

  EXPECT_EQ(Reg(4), 1u);
  EXPECT_EQ(Reg(5), 1u);
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("undefined instruction, PC 0x30001000")));
  program_.At(kCode).Code({kArmCall});
  core_.cpu().ForgetCode(kCode, 4);
  Start(2);
  EXPECT_EQ(Reg(6), 1u);
  EXPECT_EQ(Reg(14), kCode + 4);
}

TEST_F(Arm926CoreTest, AccessToNothingAborts) {
  low_program_.At(0x10).Code({ArmAdd(5, 1), kArmSkipAborted});
  program_.Load(0, 0x9000'0004).Code({ArmLoadWord(1, 0), ArmAdd(4, 1), kArmSpin});
  Start(20);

  EXPECT_EQ(Reg(4), 1u);
  EXPECT_EQ(Reg(5), 1u);
  EXPECT_EQ(core_.cpu().ReadCp15(6, 0, 0), 0x9000'0004u);
  EXPECT_EQ(core_.cpu().ReadCp15(5, 0, 0), 0x8u);
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("data abort")));
}

TEST_F(Arm926CoreTest, DeviceThatRefusesAborts) {
  low_program_.At(0x10).Code({ArmAdd(5, 1), kArmSkipAborted});
  program_.Load(0, kDevice + 0xff0).Code({ArmLoadWord(1, 0), ArmAdd(4, 1), kArmSpin});
  Start(20);

  EXPECT_EQ(Reg(4), 1u);
  EXPECT_EQ(Reg(5), 1u);
}

TEST_F(Arm926CoreTest, JumpToNothingAborts) {
  low_program_.At(0x0c).Code({ArmAdd(5, 1), kArmSpin});
  program_.Load(0, 0x9000'0000).Code({0xe12f'ff10, kArmSpin});  // bx r0
  Start(20);

  EXPECT_EQ(Reg(5), 1u);
  EXPECT_EQ(mode(), Arm926Cpu::kModeAbort);
  EXPECT_EQ(Reg(14), 0x9000'0004u);
}

TEST_F(Arm926CoreTest, FaultsWithoutEndStopTheCore) {
  low_program_.At(0x04).Code({kArmUndefined});
  program_.Code({kArmUndefined});
  Start(10'000);

  EXPECT_TRUE(core_.is_halted());
  EXPECT_THAT(violations_.texts(), Contains(HasSubstr("nothing but faults")));
}

TEST_F(Arm926CoreTest, MmuMovesAddresses) {
  WriteTable();
  ArmProgram(ram_, kRam).At(kRam + 0x500).Code({0xcafe'0001});
  TurnOnMmu().LoadFrom(2, 0x500).LoadFrom(3, 0xfff0'0500).LoadFrom(4, kDevice + 0x124);
  program_.Code({kArmSpin});
  Start(60);

  EXPECT_EQ(Reg(2), 0xcafe'0001u) << "low addresses have memory of their own without the MMU";
  EXPECT_EQ(Reg(3), 0xcafe'0001u) << "nothing is there without the MMU";
  EXPECT_EQ(Reg(4), 0x0124u);
  EXPECT_THAT(violations_.texts(), IsEmpty());
}

TEST_F(Arm926CoreTest, MmuFaultsNameAddressAndReason) {
  WriteTable();
  // The vectors are those in the RAM now.
  ArmProgram(ram_, kRam).At(kRam + 0x10).Code({ArmAdd(5, 1), kArmSkipAborted});
  TurnOnMmu().LoadFrom(2, 0x4000'0010).Code({ArmAdd(4, 1), kArmSpin});
  Start(60);

  EXPECT_EQ(Reg(4), 1u);
  EXPECT_EQ(Reg(5), 1u);
  EXPECT_EQ(core_.cpu().ReadCp15(6, 0, 0), 0x4000'0010u);
  EXPECT_EQ(core_.cpu().ReadCp15(5, 0, 0), 0x5u);
}

TEST_F(Arm926CoreTest, MisalignedAccessAbortsWhenAskedTo) {
  WriteTable();
  ArmProgram(ram_, kRam).At(kRam + 0x10).Code({ArmAdd(5, 1), kArmSkipAborted});
  TurnOnMmu().LoadFrom(2, kRam + 0x501).Code({kArmSpin});
  Start(60);

  EXPECT_EQ(Reg(5), 1u);
  EXPECT_EQ(core_.cpu().ReadCp15(6, 0, 0), kRam + 0x501);
  EXPECT_EQ(core_.cpu().ReadCp15(5, 0, 0), 0x1u);
  EXPECT_THAT(violations_.texts(), Contains(HasSubstr("not aligned")));
}

TEST_F(Arm926CoreTest, MisalignedAccessIsAViolationAnyway) {
  program_.LoadFrom(2, kRam + 0x502).Code({kArmSpin});
  Start(60);
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("address 0x30000502")));
}

TEST_F(Arm926CoreTest, HighVectors) {
  WriteTable();
  ArmProgram table(ram_, kRam);
  table.At(kTable + 0xfff * 4).Code({0x3000'0c1e});
  // 0xffff0008 is at 0x300f0008.
  ArmProgram(ram_, kRam).At(kRam + 0xf'0008).Code({ArmAdd(5, 1), kArmReturnFromSwi});
  program_.Load(0, kTable).Code({kArmWriteTable}).Load(0, 1).Code({kArmWriteDomains});
  program_.Load(0, 0x0000'3007).Code({kArmWriteControl, kArmNothing, kArmCall, kArmSpin});
  Start(60);

  EXPECT_EQ(Reg(5), 1u);
  EXPECT_THAT(violations_.texts(), IsEmpty());
}

TEST_F(Arm926CoreTest, KnowsWhatIsCached) {
  WriteTable();
  TurnOnMmu().Code({kArmSpin});
  Start(60);

  EXPECT_TRUE(core_.cpu().IsCached(kRam));
  EXPECT_FALSE(core_.cpu().IsCached(kDevice));
}

TEST_F(Arm926CoreTest, WriteToADeviceArrives) {
  program_.Set(kDevice + 0x10, 0x2000).Code({kArmSpin});
  Start(20);
  EXPECT_THAT(written_, ElementsAre(0x2010u));
}

TEST_F(Arm926CoreTest, ResetStartsOverWithTheMmuOff) {
  WriteTable();
  TurnOnMmu().LoadFrom(2, 0x500).Code({kArmSpin});
  Start(60);
  ArmProgram(ram_, kRam).At(kCode).LoadFrom(2, 0x500).Code({kArmSpin});
  ArmProgram(low_, 0).At(0x500).Code({0x77});
  Start(60);

  EXPECT_EQ(Reg(2), 0x77u);
  EXPECT_EQ(core_.cpu().ReadCp15(1, 0, 0) & 1, 0u);
}

}  // namespace
}  // namespace test
