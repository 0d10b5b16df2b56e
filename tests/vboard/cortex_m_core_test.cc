#include "tests/support/vboard/cortex_m_core.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/vboard/stm32f407.h"
#include "tests/vboard/program.h"

namespace test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr uint32_t kPc = 15;
constexpr uint32_t kXpsr = 16;
constexpr uint32_t kSysTickControl = 0xe000'e010;
constexpr uint32_t kSysTickReload = 0xe000'e014;
constexpr uint32_t kResetControl = 0xe000'ed0c;

class CortexMCoreTest : public testing::Test {
 protected:
  void Run(const Program& program, VirtualTime duration = kMillisecond) {
    board_.LoadFlash(program.image());
    board_.RunFor(duration);
  }
  uint32_t Register(uint32_t number) { return board_.ReadRegister(number); }
  uint32_t WordAt(uint32_t address) {
    uint32_t value = 0;
    EXPECT_TRUE(board_.Read(address, 4, value));
    return value;
  }

  Stm32f407 board_;
};

TEST_F(CortexMCoreTest, RunsFromTheResetVectorToABkpt) {
  Run(Program().Load(4, 0x1234'5678).Code({kAddOneToR4, kStop}));

  EXPECT_TRUE(board_.halted());
  EXPECT_TRUE(board_.TakeBreakpointHit());
  EXPECT_FALSE(board_.TakeBreakpointHit());
  EXPECT_EQ(Register(4), 0x1234'5679u);
  EXPECT_EQ(Register(13), Program::kInitialSp);
  EXPECT_EQ(Register(kPc), FlashController::kBase + Program::kEntry + 10);
  EXPECT_THAT(board_.violations(), IsEmpty());
}

TEST_F(CortexMCoreTest, SysTickInterruptsAndReturns) {
  Program program;
  program.Vector(kExceptionSysTick, 0x300).At(0x300).Code({kAddOneToR4, kReturn});
  program.At(Program::kEntry).Load(4, 0).Set(kSysTickReload, 1599).Set(kSysTickControl, 7);
  const uint32_t loop = program.here();
  program.Code({kSpin});
  Run(program, 10 * kMillisecond + 50 * kMicrosecond);

  EXPECT_EQ(Register(4), 100u) << "one interrupt every 1600 cycles of 16 MHz";
  EXPECT_EQ(Register(kPc), loop);
  EXPECT_EQ(Register(13), Program::kInitialSp);
  EXPECT_EQ(Register(kXpsr) & 0x1ff, 0u);
}

TEST_F(CortexMCoreTest, FrameOfAnInterruptHoldsTheRegisters) {
  Program program;
  program.Vector(kExceptionPendSv, 0x300).At(0x300).Code({kStop});
  program.At(Program::kEntry).Load(2, 22).Load(3, 33).Load(12, 120).Set(0xe000'ed04, 1u << 28);
  const uint32_t next = program.here();
  program.Code({kSpin});
  Run(program);

  ASSERT_TRUE(board_.halted());
  const uint32_t frame = Program::kInitialSp - 32;
  EXPECT_EQ(Register(13), frame);
  EXPECT_EQ(Register(14), 0xffff'fff9u);
  EXPECT_EQ(Register(kXpsr) & 0x1ff, kExceptionPendSv);
  EXPECT_EQ(WordAt(frame + 8), 22u);
  EXPECT_EQ(WordAt(frame + 12), 33u);
  EXPECT_EQ(WordAt(frame + 16), 120u);
  EXPECT_EQ(WordAt(frame + 24), next);
}

TEST_F(CortexMCoreTest, FrameIsAlignedTo8BytesAndTheStackComesBack) {
  Program program;
  program.Vector(kExceptionPendSv, 0x300).At(0x300).Code({0x466e, kReturn});  // mov r6, sp
  program.At(Program::kEntry)
      .Code({0xb081})
      .Set(0xe000'ed04, 1u << 28)
      .Code({kStop});  // sub sp, #4
  Run(program);

  ASSERT_TRUE(board_.halted());
  EXPECT_EQ(Register(6), Program::kInitialSp - 40);
  EXPECT_EQ(Register(13), Program::kInitialSp - 4);
}

TEST_F(CortexMCoreTest, PrimaskHoldsInterruptsBackUntilItIsCleared) {
  Program program;
  program.Vector(kExceptionPendSv, 0x300).At(0x300).Code({kAddOneToR4, kReturn});
  program.At(Program::kEntry).Load(4, 0).Load(5, 0).Code({kMaskInterrupts});
  program.Set(0xe000'ed04, 1u << 28).Code({0x4625});  // mov r5, r4
  program.Code({kUnmaskInterrupts, 0x4626, kStop});   // mov r6, r4
  Run(program);

  ASSERT_TRUE(board_.halted());
  EXPECT_EQ(Register(5), 0u);
  EXPECT_EQ(Register(6), 1u) << "taken right behind the CPSIE";
}

TEST_F(CortexMCoreTest, WfiSleepsUntilTheInterruptThoughItIsMasked) {
  Program program;
  program.Vector(kExceptionSysTick, 0x300).At(0x300).Code({kAddOneToR5, kReturn});
  program.At(Program::kEntry).Load(4, 0).Load(5, 0).Code({kMaskInterrupts});
  program.Set(kSysTickReload, 15'999).Set(kSysTickControl, 7);
  program.Code({kWaitForInterrupt, kAddOneToR4, kUnmaskInterrupts, kStop});
  board_.LoadFlash(program.image());

  board_.RunFor(900 * kMicrosecond);
  EXPECT_TRUE(board_.core().is_asleep());
  EXPECT_EQ(Register(4), 0u);
  board_.RunFor(kMillisecond);
  EXPECT_TRUE(board_.halted());
  EXPECT_EQ(Register(4), 1u);
  EXPECT_EQ(Register(5), 1u);
}

TEST_F(CortexMCoreTest, SliceOfASleepingCoreWantsNoOther) {
  Run(Program().Code({kWaitForInterrupt, kSpin}));
  EXPECT_FALSE(board_.RunSlice());
  Run(Program().Code({kSpin}));
  EXPECT_TRUE(board_.RunSlice());
}

TEST_F(CortexMCoreTest, BreakpointStopsBeforeItsInstructionAndAgainAtOnce) {
  Program program;
  program.Load(4, 0);
  const uint32_t place = program.here();
  program.Code({kAddOneToR4, kSpin});
  board_.LoadFlash(program.image());
  board_.SetBreakpoints({{place}});
  board_.RunFor(kMillisecond);

  EXPECT_TRUE(board_.TakeBreakpointHit());
  EXPECT_EQ(Register(kPc), place);
  board_.Resume();
  board_.RunFor(kMillisecond);
  EXPECT_TRUE(board_.TakeBreakpointHit());
  EXPECT_EQ(Register(4), 0u);

  board_.SetBreakpoints({});
  board_.Resume();
  board_.RunFor(kMillisecond);
  EXPECT_FALSE(board_.halted());
  EXPECT_EQ(Register(4), 1u);
}

TEST_F(CortexMCoreTest, StepIsOneInstruction) {
  board_.LoadFlash(Program().Code({kAddOneToR4, kAddOneToR4, kSpin}).image());
  board_.Reset(true);
  board_.WriteRegister(4, 7);
  board_.Step();

  EXPECT_TRUE(board_.halted());
  EXPECT_EQ(Register(4), 8u);
  EXPECT_EQ(Register(kPc), FlashController::kBase + Program::kEntry + 2);
}

TEST_F(CortexMCoreTest, CodeWrittenByTheDebuggerIsExecuted) {
  board_.Reset(true);
  for (const uint32_t code : {0xbe00'2011u, 0xbe00'2022u}) {  // movs r0, #..; bkpt
    ASSERT_TRUE(board_.Write(Stm32f407::kRamBase, 4, code));
    board_.WriteRegister(kPc, Stm32f407::kRamBase);
    board_.WriteRegister(kXpsr, 0x0100'0000);
    board_.Resume();
    board_.RunFor(kMillisecond);
    EXPECT_EQ(Register(0), code & 0xff);
  }
}

TEST_F(CortexMCoreTest, ResetRequestStartsAgainAndKeepsTheRam) {
  constexpr uint32_t kMark = Stm32f407::kRamBase + 0x100;
  constexpr uint32_t kMagic = 0x600d'f00d;
  Program program;
  program.Load(0, kMark).Load(1, kMagic).Code({0x6802, 0x428a, 0xd100, kStop});  // ldr, cmp, bne
  program.Set(kMark, kMagic).Set(kResetControl, 0x05fa'0004).Code({kSpin});
  Run(program);

  EXPECT_TRUE(board_.halted());
  EXPECT_EQ(WordAt(kMark), kMagic);
  EXPECT_EQ(WordAt(0x4002'3874) >> 24, 0x1eu) << "power-on, brown-out, pin and software reset";
  board_.PowerCycle();
  EXPECT_NE(WordAt(kMark), kMagic);
}

TEST_F(CortexMCoreTest, LoadFromNowhereIsAHardFault) {
  Program program;
  program.Vector(kExceptionHardFault, 0x300).At(0x300).Code({kStop});
  program.At(Program::kEntry).Load(0, 0x6000'0000);
  const uint32_t place = program.here();
  program.Code({0x6801, kSpin});  // ldr r1, [r0]
  Run(program);

  ASSERT_TRUE(board_.halted());
  EXPECT_EQ(Register(kXpsr) & 0x1ff, kExceptionHardFault);
  EXPECT_EQ(WordAt(Register(13) + 24), place);
  EXPECT_EQ(WordAt(0xe000'ed38), 0x6000'0000u);
  EXPECT_THAT(board_.violations(), Contains(HasSubstr("HardFault")));
}

TEST_F(CortexMCoreTest, FaultInTheHardFaultHandlerLocksUp) {
  Program program;
  program.Vector(kExceptionHardFault, 0x300).At(0x300).Code({0x6801, kSpin});
  program.At(Program::kEntry).Load(0, 0x6000'0000).Code({0x6801, kSpin});
  Run(program);

  EXPECT_TRUE(board_.core().is_locked_up());
  EXPECT_THAT(board_.violations(), Contains(HasSubstr("lockup")));
  EXPECT_FALSE(board_.RunSlice());
}

TEST_F(CortexMCoreTest, ErasedChipRunsNothingAndViolatesNothing) {
  board_.RunFor(kMillisecond);
  EXPECT_TRUE(board_.core().is_locked_up());
  EXPECT_THAT(board_.violations(), IsEmpty());
}

// ARMv7-M B1.5.4: equal priorities wait for each other, a higher one does not.
TEST_F(CortexMCoreTest, OnlyAHigherPriorityPreempts) {
  for (const uint32_t priority : {0x80u, 0x40u}) {
    Program program;
    program.Vector(kExceptionInterrupt0 + 5, 0x300).Vector(kExceptionInterrupt0 + 6, 0x380);
    // 5 pends 6 and then copies what 6 has counted so far.
    program.At(0x300).Set(0xe000'e200, 1 << 6).Code({0x4625, kReturn});  // mov r5, r4
    program.At(0x380).Code({kAddOneToR4, kReturn});
    program.At(Program::kEntry).Load(4, 0).Set(0xe000'e404, 0x80 << 8 | priority << 16);
    program.Set(0xe000'e100, 3 << 5).Set(0xe000'e200, 1 << 5).Code({kStop});
    Run(program);

    ASSERT_TRUE(board_.halted());
    EXPECT_EQ(Register(4), 1u);
    EXPECT_EQ(Register(5), priority < 0x80 ? 1u : 0u);
    board_.Resume();
  }
}

TEST_F(CortexMCoreTest, FloatingPointRegistersSurviveAnInterrupt) {
  Program program;
  program.Vector(kExceptionPendSv, 0x300);
  program.At(0x300).Code({0xeeb0, 0x0a00, kReturn});  // vmov.f32 s0, #2.0
  program.At(Program::kEntry).Set(0xe000'ed88, 0xf << 20).Code({0xeeb7, 0x0a00});  // #1.0
  program.Set(0xe000'ed04, 1u << 28).Code({0xee10, 0x4a10, kStop});                // vmov r4, s0
  Run(program);

  ASSERT_TRUE(board_.halted());
  EXPECT_EQ(Register(4), 0x3f80'0000u);
  EXPECT_EQ(Register(13), Program::kInitialSp);
  EXPECT_THAT(board_.violations(), IsEmpty());
}

TEST_F(CortexMCoreTest, FloatingPointBeforeItIsEnabledIsRecorded) {
  Run(Program().Code({0xeeb7, 0x0a00, kStop}));
  EXPECT_THAT(board_.violations(), Contains(HasSubstr("CPACR")));
}

}  // namespace
}  // namespace test
