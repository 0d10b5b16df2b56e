#include "tests/support/vboard/cortex_m_cpu.h"

#include <array>
#include <cstring>

namespace test {
namespace {

// Numbers of UC_HOOK_INTR.
constexpr uint32_t kInterruptSvc = 2;
constexpr uint32_t kInterruptBkpt = 7;
constexpr uint32_t kInterruptExceptionExit = 8;

constexpr uint32_t kThumbBit = 1u << 24;  // EPSR.T
constexpr uint16_t kYield = 0xbf10;
constexpr uint16_t kWfe = 0xbf20;

int UnicornRegister(CoreRegister name) {
  const int number = static_cast<int>(name);
  if (number >= static_cast<int>(CoreRegister::kS0)) {
    return UC_ARM_REG_S0 + number - static_cast<int>(CoreRegister::kS0);
  }
  if (number <= static_cast<int>(CoreRegister::kR12)) {
    return UC_ARM_REG_R0 + number;
  }
  constexpr std::array kOthers = {
      UC_ARM_REG_SP,      UC_ARM_REG_LR,      UC_ARM_REG_PC,      UC_ARM_REG_XPSR,
      UC_ARM_REG_MSP,     UC_ARM_REG_PSP,     UC_ARM_REG_CONTROL, UC_ARM_REG_FAULTMASK,
      UC_ARM_REG_BASEPRI, UC_ARM_REG_PRIMASK, UC_ARM_REG_FPSCR,
  };
  return kOthers.at(static_cast<size_t>(number - static_cast<int>(CoreRegister::kSp)));
}

}  // namespace

CortexMCpu::CortexMCpu(DeviceBus& bus)
    : UnicornCpu(bus, static_cast<uc_mode>(UC_MODE_THUMB | UC_MODE_MCLASS), UC_CPU_ARM_CORTEX_M4) {}

CpuStop CortexMCpu::Run(uint64_t instructions, bool watch_masks) {
  BeginCount(instructions);
  while (true) {
    const uint32_t xpsr = Get(CoreRegister::kXpsr);
    if ((xpsr & kThumbBit) == 0) {
      return {StopReason::kInvalidState, executed(), Get(CoreRegister::kPc)};
    }
    const uc_err error = RunFrom(Get(CoreRegister::kPc) | 1, watch_masks);
    if (error == UC_ERR_INSN_INVALID && IsHint(last_pc())) {
      // Unicorn knows no YIELD and WFE; both may do nothing.
      Set(CoreRegister::kPc, last_pc() + 2);
      continue;
    }
    const StopReason reason = is_stopped() ? reason_ : ReasonOf(error);
    return {reason, executed(), fault_address()};
  }
}

StopReason CortexMCpu::ReasonOf(uc_err error) {
  switch (error) {
    case UC_ERR_OK:
      return StopReason::kWaitForInterrupt;
    case UC_ERR_FETCH_UNMAPPED:
    case UC_ERR_FETCH_PROT:
      SetFaultAddress(Get(CoreRegister::kPc));
      return StopReason::kFetchFault;
    case UC_ERR_INSN_INVALID:
      if ((Get(CoreRegister::kXpsr) & kThumbBit) == 0) {
        return StopReason::kInvalidState;
      }
      Set(CoreRegister::kPc, last_pc());
      return StopReason::kUndefined;
    default:
      Set(CoreRegister::kPc, last_pc());
      return StopReason::kDataFault;
  }
}

void CortexMCpu::Stop(StopReason reason) {
  if (!is_stopped()) {
    reason_ = reason;
  }
  StopEngine();
}

void CortexMCpu::OnStop(bool is_breakpoint) {
  reason_ = is_breakpoint ? StopReason::kBreakpoint : StopReason::kBudget;
}

void CortexMCpu::OnException(uint32_t number) {
  switch (number) {
    case kInterruptSvc:
      Stop(StopReason::kSupervisorCall);
      return;
    case kInterruptBkpt:
      Stop(StopReason::kBkptInstruction);
      return;
    case kInterruptExceptionExit:
      // Bit 0 went into EPSR.T.
      SetFaultAddress(Get(CoreRegister::kPc) | 1);
      Stop(StopReason::kExceptionReturn);
      return;
    default:
      Stop(StopReason::kUndefined);
  }
}

bool CortexMCpu::IsHint(uint32_t address) const {
  const std::byte* place = Find(address, 2);
  if (place == nullptr) {
    return false;
  }
  uint16_t code = 0;
  std::memcpy(&code, place, sizeof code);
  return code == kYield || code == kWfe;
}

uint32_t CortexMCpu::Watched() const {
  return (Get(CoreRegister::kFaultMask) << 16) | (Get(CoreRegister::kBasePri) << 8) |
         Get(CoreRegister::kPriMask);
}

uint32_t CortexMCpu::Get(CoreRegister name) const {
  const uint32_t value = ReadUnicorn(UnicornRegister(name));
  // CONTROL.SFPA is a bit of ARMv8-M.
  return name == CoreRegister::kControl ? value & 7 : value;
}

void CortexMCpu::Set(CoreRegister name, uint32_t value) {
  if (name == CoreRegister::kPc) {
    // Unicorn takes bit 0 as EPSR.T, which is not what is written here.
    value = (value & ~1u) | ((Get(CoreRegister::kXpsr) & kThumbBit) != 0 ? 1 : 0);
  }
  WriteUnicorn(UnicornRegister(name), value);
}

}  // namespace test
