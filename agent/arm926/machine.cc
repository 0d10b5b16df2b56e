#include "agent/bare_metal/machine.h"

#include "agent/arm926/core.h"

namespace agent::machine {

bool NoInterrupts::TurnOff() {
  const uint32_t cpsr = arm926::ReadCpsr();
  arm926::WriteCpsrControl(cpsr | arm926::kInterruptsOff);
  return (cpsr & arm926::kInterruptsOff) != 0;
}

void NoInterrupts::Restore(bool were_off) {
  if (!were_off) {
    arm926::EnableInterrupts();
  }
}

void WaitForInterrupt() { arm926::WaitForInterrupt(); }

extern "C" [[noreturn]] void ResetEntry();

// Through the image's own entry and not through the chip's reset: a boot loader would start what it
// finds in its flash, and not an image that a debugger has put into memory.
void Restart() { ResetEntry(); }

// Memory is identical before and after the MMU is on, and one core sees its own writes in order;
// devices see them once they have left the write buffer.
extern "C" void __sync_synchronize() { arm926::DrainWriteBuffer(); }

}  // namespace agent::machine
