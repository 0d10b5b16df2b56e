#include "tests/support/vboard/cortex_m_cpu.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
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

constexpr uint64_t kNoEnd = 0xffff'ffff'ffffULL;

// Nothing a board could do about it.
void Require(uc_err error, const char* what) {
  if (error != UC_ERR_OK) {
    std::fprintf(stderr, "virtual board: %s: %s\n", what, uc_strerror(error));
    std::abort();
  }
}

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

CortexMCpu::CortexMCpu(DeviceBus& bus) : bus_(bus) {
  Require(uc_open(UC_ARCH_ARM, static_cast<uc_mode>(UC_MODE_THUMB | UC_MODE_MCLASS), &engine_),
          "open");
  Require(uc_ctl_set_cpu_model(engine_, UC_CPU_ARM_CORTEX_M4), "Cortex-M4");
  AddHook(UC_HOOK_CODE, reinterpret_cast<void*>(&OnInstruction));
  AddHook(UC_HOOK_INTR, reinterpret_cast<void*>(&OnInterrupt));
  AddHook(UC_HOOK_MEM_INVALID, reinterpret_cast<void*>(&OnInvalidAccess));
  AddHook(UC_HOOK_INSN_INVALID, reinterpret_cast<void*>(&OnInvalidInstruction));
}

CortexMCpu::~CortexMCpu() { uc_close(engine_); }

void CortexMCpu::AddHook(int type, void* callback) {
  uc_hook hook = 0;
  // A range whose end lies before its start is everywhere.
  Require(uc_hook_add(engine_, &hook, type, callback, this, 1, 0), "hook");
}

void CortexMCpu::MapMemory(uint32_t address, std::span<std::byte> memory, bool is_writable) {
  const uint32_t rights = UC_PROT_READ | UC_PROT_EXEC | (is_writable ? uint32_t{UC_PROT_WRITE} : 0);
  Require(uc_mem_map_ptr(engine_, address, memory.size(), rights, memory.data()), "map memory");
  memories_.push_back({.address = address, .bytes = memory});
}

void CortexMCpu::MapDevices(uint32_t address, uint32_t size) {
  DeviceRange& range = device_ranges_.emplace_back(DeviceRange{.cpu = this, .address = address});
  Require(uc_mmio_map(engine_, address, size, &OnDeviceRead, &range, &OnDeviceWrite, &range),
          "map devices");
}

CpuStop CortexMCpu::Run(uint64_t instructions, bool watch_masks) {
  budget_ = instructions;
  executed_ = 0;
  watch_masks_ = watch_masks;
  watched_masks_ = watch_masks ? masks() : 0;
  while (true) {
    const uint32_t xpsr = Get(CoreRegister::kXpsr);
    if ((xpsr & kThumbBit) == 0) {
      return {StopReason::kInvalidState, executed_, Get(CoreRegister::kPc)};
    }
    is_stopped_ = false;
    const uc_err error = uc_emu_start(engine_, Get(CoreRegister::kPc) | 1, kNoEnd, 0, 0);
    RestoreStores();
    if (error == UC_ERR_INSN_INVALID && IsHint(last_pc_)) {
      // Unicorn knows no YIELD and WFE; both may do nothing.
      Set(CoreRegister::kPc, last_pc_ + 2);
      continue;
    }
    const StopReason reason = is_stopped_ ? reason_ : ReasonOf(error);
    return {reason, executed_, fault_address_};
  }
}

StopReason CortexMCpu::ReasonOf(uc_err error) {
  switch (error) {
    case UC_ERR_OK:
      return StopReason::kWaitForInterrupt;
    case UC_ERR_FETCH_UNMAPPED:
    case UC_ERR_FETCH_PROT:
      fault_address_ = Get(CoreRegister::kPc);
      return StopReason::kFetchFault;
    case UC_ERR_INSN_INVALID:
      if ((Get(CoreRegister::kXpsr) & kThumbBit) == 0) {
        return StopReason::kInvalidState;
      }
      Set(CoreRegister::kPc, last_pc_);
      return StopReason::kUndefined;
    default:
      Set(CoreRegister::kPc, last_pc_);
      return StopReason::kDataFault;
  }
}

void CortexMCpu::Stop(StopReason reason) {
  if (!is_stopped_) {
    is_stopped_ = true;
    reason_ = reason;
  }
  uc_emu_stop(engine_);
}

void CortexMCpu::OnInstruction(uc_engine*, uint64_t address, uint32_t, void* self) {
  auto& cpu = *static_cast<CortexMCpu*>(self);
  const auto pc = static_cast<uint32_t>(address);
  if (!cpu.restores_.empty()) {
    cpu.RestoreStores();
  }
  if (cpu.is_stopped_) {
    uc_emu_stop(cpu.engine_);
    return;
  }
  if (!cpu.breakpoints_.empty() &&
      std::ranges::find(cpu.breakpoints_, pc) != cpu.breakpoints_.end()) {
    cpu.Stop(StopReason::kBreakpoint);
    return;
  }
  if (cpu.executed_ >= cpu.budget_) {
    cpu.Stop(StopReason::kBudget);
    return;
  }
  if (cpu.watch_masks_ && cpu.masks() != cpu.watched_masks_) {
    cpu.Stop(StopReason::kMaskChanged);
    return;
  }
  ++cpu.executed_;
  cpu.last_pc_ = pc;
}

void CortexMCpu::OnInterrupt(uc_engine*, uint32_t number, void* self) {
  auto& cpu = *static_cast<CortexMCpu*>(self);
  switch (number) {
    case kInterruptSvc:
      cpu.Stop(StopReason::kSupervisorCall);
      return;
    case kInterruptBkpt:
      cpu.Stop(StopReason::kBkptInstruction);
      return;
    case kInterruptExceptionExit:
      // Bit 0 went into EPSR.T.
      cpu.fault_address_ = cpu.Get(CoreRegister::kPc) | 1;
      cpu.Stop(StopReason::kExceptionReturn);
      return;
    default:
      cpu.Stop(StopReason::kUndefined);
  }
}

bool CortexMCpu::OnInvalidAccess(uc_engine*, uc_mem_type type, uint64_t address, int size,
                                 int64_t value, void* self) {
  auto& cpu = *static_cast<CortexMCpu*>(self);
  const auto where = static_cast<uint32_t>(address);
  if (type == UC_MEM_WRITE_PROT) {
    cpu.StoreToFlash(where, static_cast<uint32_t>(size), static_cast<uint64_t>(value));
    return true;
  }
  cpu.fault_address_ = where;
  return false;
}

bool CortexMCpu::OnInvalidInstruction(uc_engine*, void*) { return false; }

uint64_t CortexMCpu::OnDeviceRead(uc_engine*, uint64_t offset, unsigned width, void* range) {
  const auto& place = *static_cast<DeviceRange*>(range);
  return place.cpu->bus_.ReadDevice(place.address + static_cast<uint32_t>(offset), width);
}

void CortexMCpu::OnDeviceWrite(uc_engine*, uint64_t offset, unsigned width, uint64_t value,
                               void* range) {
  const auto& place = *static_cast<DeviceRange*>(range);
  place.cpu->bus_.WriteDevice(place.address + static_cast<uint32_t>(offset), width,
                              static_cast<uint32_t>(value));
}

void CortexMCpu::FailAccess(uint32_t address) {
  fault_address_ = address;
  Stop(StopReason::kDataFault);
}

void CortexMCpu::StoreToFlash(uint32_t address, uint32_t size, uint64_t value) {
  for (uint32_t done = 0; done < size; done += 4) {
    bus_.StoreToFlash(address + done, std::min(size - done, 4u),
                      static_cast<uint32_t>(value >> (8 * done)));
  }
  if (std::byte* place = Find(address, size); place != nullptr) {
    Restore& restore = restores_.emplace_back(Restore{.place = place, .size = size, .bytes = {}});
    std::memcpy(restore.bytes.data(), place, size);
  }
}

void CortexMCpu::RestoreStores() {
  for (const Restore& restore : restores_) {
    std::memcpy(restore.place, restore.bytes.data(), restore.size);
  }
  restores_.clear();
}

void CortexMCpu::SetBreakpoints(std::span<const uint32_t> addresses) {
  breakpoints_.assign(addresses.begin(), addresses.end());
}

void CortexMCpu::ForgetCode(uint32_t address, uint32_t size) {
  // Not uc_ctl_flush_tlb(), which takes 50 ms. What was never translated gives an error.
  static_cast<void>(uc_ctl_remove_cache(engine_, uint64_t{address}, uint64_t{address} + size));
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

std::byte* CortexMCpu::Find(uint32_t address, uint32_t size) const {
  for (const Memory& memory : memories_) {
    const uint32_t offset = address - memory.address;
    if (address >= memory.address && offset + size <= memory.bytes.size()) {
      return memory.bytes.data() + offset;
    }
  }
  return nullptr;
}

uint32_t CortexMCpu::masks() const {
  return (Get(CoreRegister::kFaultMask) << 16) | (Get(CoreRegister::kBasePri) << 8) |
         Get(CoreRegister::kPriMask);
}

uint32_t CortexMCpu::Get(CoreRegister name) const {
  uint32_t value = 0;
  Require(uc_reg_read(engine_, UnicornRegister(name), &value), "read register");
  // CONTROL.SFPA is a bit of ARMv8-M.
  return name == CoreRegister::kControl ? value & 7 : value;
}

void CortexMCpu::Set(CoreRegister name, uint32_t value) {
  if (name == CoreRegister::kPc) {
    // Unicorn takes bit 0 as EPSR.T, which is not what is written here.
    value = (value & ~1u) | ((Get(CoreRegister::kXpsr) & kThumbBit) != 0 ? 1 : 0);
  }
  Require(uc_reg_write(engine_, UnicornRegister(name), &value), "write register");
}

}  // namespace test
