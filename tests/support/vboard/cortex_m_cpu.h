// The instructions of a Cortex-M4 and its memory, run by Unicorn. No exceptions: what would cause
// one ends the run and is reported.
#pragma once

#include <cstdint>

#include "tests/support/vboard/unicorn_cpu.h"

namespace test {

// Numbered as DCRSR.REGSEL does up to kPsp (ARMv7-M C1.6.3).
enum class CoreRegister : uint8_t {
  kR0 = 0,
  kR1 = 1,
  kR2 = 2,
  kR3 = 3,
  kR12 = 12,
  kSp = 13,
  kLr = 14,
  kPc = 15,
  kXpsr = 16,
  kMsp = 17,
  kPsp = 18,
  kControl = 19,
  kFaultMask = 20,
  kBasePri = 21,
  kPriMask = 22,
  kFpscr = 23,
  kS0 = 32,  // to S31 at 63
};

enum class StopReason : uint8_t {
  kBudget,  // or EndRun(), or PRIMASK, BASEPRI or FAULTMASK changed and that was asked for
  kWaitForInterrupt,  // the PC is behind the WFI
  kBreakpoint,        // before the instruction at the PC
  kBkptInstruction,   // the PC is at it
  kSupervisorCall,    // the PC is behind it
  kExceptionReturn,   // `address` is the EXC_RETURN value
  kDataFault,         // `address` was not there; the PC is at the instruction
  kFetchFault,        // nothing to execute at `address`
  kUndefined,         // the PC is at the instruction
  kInvalidState,      // EPSR.T is 0: a branch to an even address
};

struct CpuStop {
  StopReason reason = StopReason::kBudget;
  uint64_t executed = 0;
  uint32_t address = 0;
};

class CortexMCpu final : public UnicornCpu {
 public:
  explicit CortexMCpu(DeviceBus& bus);

  // Runs at most `instructions` from the PC. An instruction in an IT block may be executed beyond
  // them. `watch_masks`: ends behind an instruction that changes the interrupt masks.
  CpuStop Run(uint64_t instructions, bool watch_masks);

  uint32_t Get(CoreRegister name) const;
  void Set(CoreRegister name, uint32_t value);

 private:
  void OnException(uint32_t number) override;
  bool OnUnmapped(uint32_t) override { return false; }
  void OnStop(bool is_breakpoint) override;
  void OnFailedAccess() override { reason_ = StopReason::kDataFault; }
  uint32_t Watched() const override;

  void Stop(StopReason reason);
  StopReason ReasonOf(uc_err error);
  bool IsHint(uint32_t address) const;

  StopReason reason_ = StopReason::kBudget;
};

}  // namespace test
