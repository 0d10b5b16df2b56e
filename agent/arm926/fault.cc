// What happens when the core faults: the cause is kept over the restart that follows.
#include <array>
#include <cstdint>

#include "agent/arm926/core.h"
#include "agent/bare_metal/machine.h"

namespace agent {
namespace arm926 {
namespace {

[[gnu::section(".noinit")]] BootRecord retained_record;

// As start.S numbers them.
enum class Cause : uint32_t { kUndefined, kPrefetchAbort, kDataAbort, kUnexpected };

// Aborts that came from the bus and not from the MMU (TRM chapter 3): 8 and 10 for data, c and e
// for translation tables.
constexpr bool IsExternalAbort(uint32_t status) {
  return (status & 0xd) == 8 || (status & 0xd) == 0xc;
}
static_assert(IsExternalAbort(0x8) && IsExternalAbort(0xa) && IsExternalAbort(0xc));
// Alignment, translation, domain, permission.
static_assert(!IsExternalAbort(0x1) && !IsExternalAbort(0x5) && !IsExternalAbort(0x9) &&
              !IsExternalAbort(0xd) && !IsExternalAbort(0x3));

Fault ReadFault(Cause cause, uint32_t pc, uint32_t lr) {
  Fault fault{.kind = FaultKind::kUnexpectedInterrupt, .pc = pc, .lr = lr};
  switch (cause) {
    case Cause::kUndefined:
      fault.kind = FaultKind::kUsage;
      break;
    case Cause::kPrefetchAbort:
      fault.status = InstructionFaultStatus();
      fault.address = pc;
      fault.kind = IsExternalAbort(fault.status) ? FaultKind::kBus : FaultKind::kMemory;
      break;
    case Cause::kDataAbort:
      fault.status = DataFaultStatus();
      fault.address = FaultAddress();
      fault.kind = IsExternalAbort(fault.status) ? FaultKind::kBus : FaultKind::kMemory;
      break;
    case Cause::kUnexpected:
      break;
  }
  return fault;
}

}  // namespace

extern "C" [[noreturn, gnu::used]] void HandleFault(Cause cause, uint32_t pc, uint32_t lr) {
  const Fault fault = ReadFault(cause, pc, lr);
  retained_record.NoteFault(fault);
  machine::WriteEmergencyText("\r\nfault: ");
  machine::WriteEmergencyText(FaultName(fault.kind));
  machine::WriteEmergencyHex(" pc 0x", fault.pc);
  machine::WriteEmergencyHex(" lr 0x", fault.lr);
  machine::WriteEmergencyHex(" fsr 0x", fault.status);
  machine::WriteEmergencyHex(" address 0x", fault.address);
  machine::WriteEmergencyText("\r\n");
  machine::Restart();
}

}  // namespace arm926

BootRecord& machine::RetainedBootRecord() { return arm926::retained_record; }

}  // namespace agent
