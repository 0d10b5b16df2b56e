#include "agent/bare_metal/machine.h"

#include "agent/cortex_m/core.h"
#include "agent/cortex_m/fault.h"
#include "agent/cortex_m/retained.h"

namespace agent::machine {

bool NoInterrupts::TurnOff() {
  uint32_t primask;
  asm volatile("mrs %0, primask\n\tcpsid i" : "=r"(primask) : : "memory");
  return primask != 0;
}

// With the barrier an interrupt that waited is taken here (ARMv7-M B1.4.3).
void NoInterrupts::Restore(bool were_off) {
  if (!were_off) {
    asm volatile("cpsie i\n\tisb" : : : "memory");
  }
}

void WaitForInterrupt() { cortex_m::WaitForInterrupt(); }

void Restart() { cortex_m::ResetSystem(); }

void WriteEmergencyText(std::string_view text) { cortex_m::WriteEmergencyText(text); }

BootRecord& RetainedBootRecord() { return cortex_m::RetainedBootRecord(); }

}  // namespace agent::machine
