#include "tests/support/vboard/arm926_core.h"

#include "tests/support/vboard/hex.h"

namespace test {
namespace {

// Offsets in the vector table (ARM DDI 0100 A2.6).
constexpr uint32_t kUndefinedVector = 0x04;
constexpr uint32_t kSwiVector = 0x08;
constexpr uint32_t kPrefetchVector = 0x0c;
constexpr uint32_t kDataVector = 0x10;
constexpr uint32_t kIrqVector = 0x18;
constexpr uint32_t kFiqVector = 0x1c;

// A handler that faults itself does so forever.
constexpr uint32_t kMostFaults = 100;

}  // namespace

void Arm926Core::Reset(uint32_t pc) {
  cpu_.Reset(pc);
  is_asleep_ = false;
  is_halted_ = false;
  faults_in_row_ = 0;
  SetLines(false, false);
}

// Masked interrupts end the sleep, too (ARM DDI 0198 12.2).
bool Arm926Core::WakesUp() {
  if (is_asleep_ && (irq_ || fiq_)) {
    is_asleep_ = false;
  }
  return !is_asleep_;
}

uint64_t Arm926Core::Run(uint64_t instructions) {
  if (is_halted_ || !WakesUp()) {
    return 0;
  }
  TakeInterrupt();
  const bool is_held_back = irq_ || fiq_;
  const Arm926Run run = cpu_.Run(instructions, is_held_back);
  executed_ += run.executed;
  if (const auto address = cpu_.TakeMisaligned(); address) {
    violations_.Add("access that is not aligned, PC " + Hex(cpu_.pc()) + ", address " +
                    Hex(*address));
  }
  Handle(run);
  return run.executed;
}

void Arm926Core::TakeInterrupt() {
  const uint32_t status = cpu_.cpsr();
  const uint32_t next = cpu_.pc();
  if (fiq_ && (status & Arm926Cpu::kMaskFiq) == 0) {
    cpu_.Enter(Arm926Cpu::kModeFiq, kFiqVector, next + 4);
  } else if (irq_ && (status & Arm926Cpu::kMaskIrq) == 0) {
    cpu_.Enter(Arm926Cpu::kModeIrq, kIrqVector, next + 4);
  }
}

void Arm926Core::Handle(const Arm926Run& run) {
  const uint32_t at = cpu_.pc();
  const bool is_thumb = (cpu_.cpsr() & Arm926Cpu::kThumb) != 0;
  if (run.executed > 1) {
    faults_in_row_ = 0;
  }
  switch (run.stop) {
    case Arm926Stop::kBudget:
      return;
    case Arm926Stop::kWaitForInterrupt:
      is_asleep_ = true;
      return;
    case Arm926Stop::kBreakpoint:
      is_halted_ = true;
      return;
    case Arm926Stop::kSupervisorCall:
      cpu_.Enter(Arm926Cpu::kModeSupervisor, kSwiVector, at);
      return;
    case Arm926Stop::kUndefined:
      Fault("undefined instruction", Arm926Cpu::kModeUndefined, kUndefinedVector,
            at + (is_thumb ? 2 : 4));
      return;
    case Arm926Stop::kPrefetchAbort:
      Fault("prefetch abort", Arm926Cpu::kModeAbort, kPrefetchVector, at + 4);
      return;
    case Arm926Stop::kDataAbort:
      Fault("data abort", Arm926Cpu::kModeAbort, kDataVector, at + 8);
      return;
  }
}

void Arm926Core::Fault(const char* name, uint32_t mode, uint32_t vector, uint32_t return_address) {
  if (faults_in_row_ == 0) {
    const bool is_data = vector == kDataVector;
    violations_.Add(std::string(name) + ", PC " + Hex(cpu_.pc()) +
                    (is_data ? ", address " + Hex(cpu_.ReadCp15(6, 0, 0)) + ", status " +
                                   Hex(cpu_.ReadCp15(5, 0, 0))
                             : std::string()));
  }
  if (++faults_in_row_ > kMostFaults) {
    violations_.Add("nothing but faults: the core is stopped");
    is_halted_ = true;
    return;
  }
  cpu_.Enter(mode, vector, return_address);
}

}  // namespace test
