// An ARM926EJ-S: instructions, exceptions, and sleep.
#pragma once

#include <cstdint>

#include "tests/support/vboard/arm926_cpu.h"
#include "tests/support/vboard/violations.h"

namespace test {

class Arm926Core {
 public:
  Arm926Core(DeviceBus& devices, Violations& violations) : cpu_(devices), violations_(violations) {}

  Arm926Cpu& cpu() { return cpu_; }
  const Arm926Cpu& cpu() const { return cpu_; }

  void Reset(uint32_t pc);
  // What the interrupt controller drives.
  void SetLines(bool irq, bool fiq) { irq_ = irq, fiq_ = fiq; }
  // Takes a pending interrupt, then executes at most that many instructions; fewer when something
  // happens that the chip has to look at. Returns how many.
  uint64_t Run(uint64_t instructions);

  // Also ends the sleep when there is a reason to.
  bool WakesUp();
  bool is_asleep() const { return is_asleep_; }
  // At a breakpoint, or in an endless row of aborts.
  bool is_halted() const { return is_halted_; }
  void Resume() { is_halted_ = false; }
  uint64_t executed() const { return executed_; }

 private:
  void TakeInterrupt();
  void Handle(const Arm926Run& run);
  void Fault(const char* name, uint32_t mode, uint32_t vector, uint32_t return_address);

  Arm926Cpu cpu_;
  Violations& violations_;
  bool irq_ = false;
  bool fiq_ = false;
  bool is_asleep_ = false;
  bool is_halted_ = false;
  uint64_t executed_ = 0;
  uint32_t faults_in_row_ = 0;
};

}  // namespace test
