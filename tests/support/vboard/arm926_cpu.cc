#include "tests/support/vboard/arm926_cpu.h"

#include <cstring>

namespace test {
namespace {

// QEMU's numbers of exceptions.
constexpr uint32_t kExceptionUndefined = 1;
constexpr uint32_t kExceptionSwi = 2;
constexpr uint32_t kExceptionPrefetchAbort = 3;
constexpr uint32_t kExceptionDataAbort = 4;
constexpr uint32_t kExceptionBkpt = 7;

// SCTLR (ARM DDI 0198 2.3.2).
constexpr uint32_t kMmu = 1u << 0;
constexpr uint32_t kAlignment = 1u << 1;
constexpr uint32_t kDataCache = 1u << 2;
constexpr uint32_t kSystemProtection = 1u << 8;
constexpr uint32_t kRomProtection = 1u << 9;
constexpr uint32_t kHighVectors = 1u << 13;

// Fault status (ARM DDI 0100 B3.6.1); with the domain above it.
constexpr uint32_t kAlignmentFault = 0x1;
constexpr uint32_t kExternalAbort = 0x8;
constexpr uint32_t kTranslationFault = 0x5;  // of a section; of a page 2 more
constexpr uint32_t kDomainFault = 0x9;
constexpr uint32_t kPermissionFault = 0xd;

constexpr uint32_t kCacheable = 1u << 3;
constexpr uint32_t kPage = 0x1000;

constexpr uint32_t kNoAccess = 0;
constexpr uint32_t kClient = 1;
constexpr uint32_t kManager = 3;

uc_arm_cp_reg Cp15(uint32_t crn, uint32_t crm, uint32_t opcode2, uint32_t value) {
  return {.cp = 15,
          .is64 = 0,
          .sec = 0,
          .crn = crn,
          .crm = crm,
          .opc1 = 0,
          .opc2 = opcode2,
          .val = value};
}

bool IsAllowed(uint32_t access, bool is_write, bool is_user, uint32_t control) {
  switch (access) {
    case 0:
      if (is_write) {
        return false;
      }
      return (control & kRomProtection) != 0 || ((control & kSystemProtection) != 0 && !is_user);
    case 1:
      return !is_user;
    case 2:
      return !is_user || !is_write;
    default:
      return true;
  }
}

}  // namespace

Arm926Cpu::Arm926Cpu(DeviceBus& bus) : UnicornCpu(bus, UC_MODE_ARM, UC_CPU_ARM_926) {
  AddHook(UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE, reinterpret_cast<void*>(&HandleAccess));
}

void Arm926Cpu::Reset(uint32_t pc) {
  Renew();
  AddHook(UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE, reinterpret_cast<void*>(&HandleAccess));
  shadows_.clear();
  SetCpsr(kModeSupervisor | kMaskIrq | kMaskFiq);
  Set(15, pc);
}

uint32_t Arm926Cpu::Get(uint32_t number) const {
  constexpr std::array kNames = {UC_ARM_REG_SP, UC_ARM_REG_LR, UC_ARM_REG_PC};
  return ReadUnicorn(number < 13 ? UC_ARM_REG_R0 + static_cast<int>(number)
                                 : kNames.at(number - 13));
}

void Arm926Cpu::Set(uint32_t number, uint32_t value) {
  if (number == 15) {
    // Unicorn takes bit 0 as CPSR.T.
    WriteUnicorn(UC_ARM_REG_PC, (value & ~1u) | ((cpsr() & kThumb) != 0 ? 1 : 0));
    return;
  }
  constexpr std::array kNames = {UC_ARM_REG_SP, UC_ARM_REG_LR};
  WriteUnicorn(number < 13 ? UC_ARM_REG_R0 + static_cast<int>(number) : kNames.at(number - 13),
               value);
}

uint32_t Arm926Cpu::ReadCp15(uint32_t crn, uint32_t crm, uint32_t opcode2) const {
  uc_arm_cp_reg reg = Cp15(crn, crm, opcode2, 0);
  Require(uc_reg_read(engine(), UC_ARM_REG_CP_REG, &reg), "read CP15");
  return static_cast<uint32_t>(reg.val);
}

void Arm926Cpu::WriteCp15(uint32_t crn, uint32_t crm, uint32_t opcode2, uint32_t value) {
  uc_arm_cp_reg reg = Cp15(crn, crm, opcode2, value);
  Require(uc_reg_write(engine(), UC_ARM_REG_CP_REG, &reg), "write CP15");
}

Arm926Run Arm926Cpu::Run(uint64_t instructions, bool watch_masks) {
  BeginCount(instructions);
  uc_err error = UC_ERR_OK;
  do {
    unmapped_.reset();
    error = RunFrom(pc() | ((cpsr() & kThumb) != 0 ? 1 : 0), watch_masks);
    if (unmapped_ && error != UC_ERR_FETCH_UNMAPPED) {
      Set(15, last_pc());  // to be executed again
    }
  } while (unmapped_ && MapShadow(*unmapped_));
  const Arm926Stop stop = is_stopped() ? stop_ : StopOf(error);
  const uint64_t done = executed();
  if (stop == Arm926Stop::kDataAbort) {
    Set(15, last_pc());
  }
  if (stop == Arm926Stop::kDataAbort || stop == Arm926Stop::kPrefetchAbort) {
    RecordAbort(stop == Arm926Stop::kDataAbort);
  }
  return {stop, done};
}

Arm926Stop Arm926Cpu::StopOf(uc_err error) {
  switch (error) {
    case UC_ERR_OK:
      return Arm926Stop::kWaitForInterrupt;
    case UC_ERR_FETCH_UNMAPPED:
    case UC_ERR_FETCH_PROT:
      return Arm926Stop::kPrefetchAbort;
    case UC_ERR_INSN_INVALID:
      Set(15, last_pc());
      return Arm926Stop::kUndefined;
    default:
      accessed_ = fault_address();
      return Arm926Stop::kDataAbort;
  }
}

// Unicorn knows neither SCTLR.A nor what an ARM926EJ-S does without.
void Arm926Cpu::HandleAccess(uc_engine*, uc_mem_type, uint64_t address, int size, int64_t,
                             void* self) {
  auto& cpu = static_cast<Arm926Cpu&>(*static_cast<UnicornCpu*>(self));
  cpu.accessed_ = static_cast<uint32_t>(address);
  const auto low_bits = static_cast<uint32_t>(size) - 1;
  if ((cpu.accessed_ & low_bits & 3) == 0) {
    return;
  }
  cpu.misaligned_ = cpu.accessed_;
  if ((cpu.ReadCp15(1, 0, 0) & kAlignment) != 0) {
    cpu.End(Arm926Stop::kDataAbort);
  }
}

void Arm926Cpu::End(Arm926Stop stop) {
  if (!is_stopped()) {
    stop_ = stop;
  }
  StopEngine();
}

void Arm926Cpu::OnStop(bool is_breakpoint) {
  stop_ = is_breakpoint ? Arm926Stop::kBreakpoint : Arm926Stop::kBudget;
}

void Arm926Cpu::OnException(uint32_t number) {
  switch (number) {
    case kExceptionSwi:
      End(Arm926Stop::kSupervisorCall);
      return;
    case kExceptionPrefetchAbort:
    case kExceptionBkpt:
      End(Arm926Stop::kPrefetchAbort);
      return;
    case kExceptionDataAbort:
      End(Arm926Stop::kDataAbort);
      return;
    case kExceptionUndefined:
    default:
      End(Arm926Stop::kUndefined);
  }
}

// Unicorn looks whether something is mapped at the virtual address before the MMU says where that
// is. When the tables lead somewhere, a page that nothing else reaches satisfies it. Mapping it
// from within a hook would pull the TLB from under the access.
bool Arm926Cpu::MapShadow(uint32_t address) {
  uint32_t status = 0;
  const auto physical = Translate(address, false, status);
  if ((ReadCp15(1, 0, 0) & kMmu) == 0 || !physical || !IsMapped(*physical) ||
      *physical == address) {
    return false;
  }
  auto& page = shadows_.emplace_back();
  return uc_mem_map_ptr(engine(), address & ~(kPage - 1), kPage, UC_PROT_ALL, page.data()) ==
         UC_ERR_OK;
}

void Arm926Cpu::Enter(uint32_t mode, uint32_t vector, uint32_t return_address) {
  const uint32_t before = cpsr();
  const uint32_t masks = kMaskIrq | (mode == kModeFiq ? kMaskFiq : 0);
  SetCpsr((before & ~(kModeMask | kThumb)) | mode | masks);
  WriteUnicorn(UC_ARM_REG_SPSR, before);
  Set(14, return_address);
  Set(15, ((ReadCp15(1, 0, 0) & kHighVectors) != 0 ? 0xffff'0000 : 0) + vector);
}

void Arm926Cpu::RecordAbort(bool is_data) {
  uint32_t status = 0;
  const uint32_t address = is_data ? accessed_ : pc();
  // A store may be forbidden where a load is not.
  if (Translate(address, false, status) && (!is_data || Translate(address, true, status))) {
    status = is_data && misaligned_ ? kAlignmentFault : kExternalAbort;
  }
  if (is_data) {
    WriteCp15(5, 0, 0, status);
    WriteCp15(6, 0, 0, address);
  } else {
    WriteCp15(5, 0, 1, status);
  }
}

uint32_t Arm926Cpu::Word(uint32_t physical) const {
  uint32_t word = 0;
  if (const std::byte* place = Find(physical, sizeof word); place != nullptr) {
    std::memcpy(&word, place, sizeof word);
  }
  return word;
}

// ARM DDI 0198 3.2.
Arm926Cpu::Descriptor Arm926Cpu::Walk(uint32_t address) const {
  const uint32_t table = ReadCp15(2, 0, 0) & 0xffff'c000;
  const uint32_t first = Word(table | (address >> 20) * 4);
  const uint32_t domain = first >> 5 & 0xf;
  const uint32_t type = first & 3;
  if (type == 0) {
    return {.fault = kTranslationFault};
  }
  if (type == 2) {
    return {.level = 1,
            .domain = domain,
            .access = first >> 10 & 3,
            .physical = (first & 0xfff0'0000) | (address & 0x000f'ffff),
            .is_cacheable = (first & kCacheable) != 0};
  }
  const bool is_fine = type == 3;
  const uint32_t base = is_fine ? (first & 0xffff'f000) | (address >> 10 & 0x3ff) * 4
                                : (first & 0xffff'fc00) | (address >> 12 & 0xff) * 4;
  const uint32_t second = Word(base);
  const uint32_t size = second & 3;
  if (size == 0) {
    return {.domain = domain, .fault = kTranslationFault + 2};
  }
  // Large, small, tiny pages; four access fields for the quarters of the first two.
  const uint32_t bits = size == 1 ? 16 : size == 2 ? 12 : 10;
  const uint32_t quarter = size == 3 ? 0 : address >> (bits - 2) & 3;
  const uint32_t low = (1u << bits) - 1;
  return {.level = 2,
          .domain = domain,
          .access = second >> (4 + 2 * quarter) & 3,
          .physical = (second & ~low) | (address & low),
          .is_cacheable = (second & kCacheable) != 0};
}

std::optional<uint32_t> Arm926Cpu::Translate(uint32_t address, bool is_write,
                                             uint32_t& status) const {
  const uint32_t control = ReadCp15(1, 0, 0);
  if ((control & kMmu) == 0) {
    return address;
  }
  const Descriptor found = Walk(address);
  const uint32_t above = found.domain << 4;
  if (found.level == 0) {
    status = above | found.fault;
    return std::nullopt;
  }
  const uint32_t of_page = found.level == 2 ? 2 : 0;
  const uint32_t rights = ReadCp15(3, 0, 0) >> (2 * found.domain) & 3;
  if (rights == kNoAccess) {
    status = above | kDomainFault | of_page;
    return std::nullopt;
  }
  const bool is_user = (cpsr() & kModeMask) == kModeUser;
  if (rights == kClient && !IsAllowed(found.access, is_write, is_user, control)) {
    status = above | kPermissionFault | of_page;
    return std::nullopt;
  }
  static_assert(kManager == 3, "2 is reserved");
  return found.physical;
}

bool Arm926Cpu::IsCached(uint32_t address) const {
  const uint32_t control = ReadCp15(1, 0, 0);
  return (control & kMmu) != 0 && (control & kDataCache) != 0 && Walk(address).is_cacheable;
}

}  // namespace test
