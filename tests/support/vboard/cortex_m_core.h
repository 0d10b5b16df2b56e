// A Cortex-M4: instructions, exceptions, sleep, faults, and a debugger's grip on it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tests/support/vboard/board_clock.h"
#include "tests/support/vboard/cortex_m_cpu.h"
#include "tests/support/vboard/nvic.h"
#include "tests/support/vboard/system_control.h"
#include "tests/support/vboard/violations.h"
#include "tests/support/vprobe/target.h"

namespace test {

class CortexMCore {
 public:
  // `memory` is what exception frames and vectors are accessed through.
  CortexMCore(DeviceBus& devices, TargetBus& memory, const BoardClock& clock,
              Violations& violations)
      : cpu_(devices),
        memory_(memory),
        violations_(violations),
        system_(clock, nvic_, violations) {}

  CortexMCpu& cpu() { return cpu_; }
  const CortexMCpu& cpu() const { return cpu_; }
  Nvic& nvic() { return nvic_; }
  SystemControl& system() { return system_; }

  // SP and PC come from the vector table at address 0.
  void Reset(bool halt);
  // Takes what is pending, then executes at most that many instructions; fewer when something
  // happens that the chip has to look at. Returns how many.
  uint64_t Run(uint64_t instructions);

  // Nothing happens until an interrupt comes, a reset, or a debugger.
  bool is_idle() const { return is_halted_ || is_locked_up_ || is_asleep_; }
  bool is_asleep() const { return is_asleep_; }
  bool is_locked_up() const { return is_locked_up_; }
  // Also ends the sleep when there is a reason to.
  bool WakesUp();

  bool is_halted() const { return is_halted_; }
  void Halt();
  void Resume() { is_halted_ = false; }
  // One instruction, breakpoints and pending exceptions left alone.
  void Step();
  bool TakeBreakpointHit();
  void SetBreakpoints(std::span<const uint32_t> addresses);
  // Numbered as DCRSR.REGSEL does, with FPSCR 33 and S0 at 64. Others read 0.
  uint32_t ReadRegister(uint32_t number) const;
  void WriteRegister(uint32_t number, uint32_t value);

 private:
  InterruptMasks masks() const;
  void TakePending();
  void Enter(uint32_t exception);
  void Return(uint32_t exc_return);
  void Handle(const CpuStop& stop);
  void HaltAtBreakpoint();
  // `exception`, or HardFault when that cannot be taken.
  void Fault(uint32_t exception, const CpuStop& stop);
  void LockUp(const std::string& reason);

  CortexMCpu cpu_;
  TargetBus& memory_;
  Violations& violations_;
  Nvic nvic_;
  SystemControl system_;
  std::vector<uint32_t> breakpoints_;
  bool is_halted_ = false;
  bool is_asleep_ = false;
  bool is_locked_up_ = false;
  bool breakpoint_hit_ = false;
};

}  // namespace test
