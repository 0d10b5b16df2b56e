// The instructions of an ARM926EJ-S with its MMU, run by Unicorn. Exceptions end a run and are
// reported; Enter() then does what the core does on taking one (ARM DDI 0198, ARM DDI 0100 A2.6).
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "tests/support/vboard/unicorn_cpu.h"

namespace test {

enum class Arm926Stop : uint8_t {
  kBudget,            // or EndRun(), or CPSR.I or F changed and that was asked for
  kWaitForInterrupt,  // CP15 c7, c0, 4; the PC is behind it
  kBreakpoint,        // before the instruction at the PC
  kSupervisorCall,    // the PC is behind it
  kUndefined,         // the PC is at the instruction
  kPrefetchAbort,     // the PC is at what could not be fetched, or at a BKPT
  kDataAbort,         // the PC is at the instruction
};

struct Arm926Run {
  Arm926Stop stop = Arm926Stop::kBudget;
  uint64_t executed = 0;
};

class Arm926Cpu final : public UnicornCpu {
 public:
  static constexpr uint32_t kModeUser = 0x10;
  static constexpr uint32_t kModeFiq = 0x11;
  static constexpr uint32_t kModeIrq = 0x12;
  static constexpr uint32_t kModeSupervisor = 0x13;
  static constexpr uint32_t kModeAbort = 0x17;
  static constexpr uint32_t kModeUndefined = 0x1b;
  static constexpr uint32_t kModeSystem = 0x1f;
  static constexpr uint32_t kModeMask = 0x1f;
  static constexpr uint32_t kThumb = 0x20;
  static constexpr uint32_t kMaskFiq = 0x40;
  static constexpr uint32_t kMaskIrq = 0x80;

  explicit Arm926Cpu(DeviceBus& bus);

  // Supervisor mode, interrupts masked, MMU and caches off, at `pc`.
  void Reset(uint32_t pc);
  Arm926Run Run(uint64_t instructions, bool watch_masks);

  // Number 0 to 15, of the current mode. The PC without the Thumb bit.
  uint32_t Get(uint32_t number) const;
  void Set(uint32_t number, uint32_t value);
  uint32_t pc() const { return Get(15); }
  uint32_t cpsr() const { return ReadUnicorn(UC_ARM_REG_CPSR); }
  // Switches the banked registers as well.
  void SetCpsr(uint32_t value) { WriteUnicorn(UC_ARM_REG_CPSR, value); }
  uint32_t spsr() const { return ReadUnicorn(UC_ARM_REG_SPSR); }
  // CP15 registers by CRn, CRm, opcode 2.
  uint32_t ReadCp15(uint32_t crn, uint32_t crm, uint32_t opcode2) const;

  // Into `mode` at `vector` (0x00 to 0x1c, of wherever SCTLR.V puts the table).
  void Enter(uint32_t mode, uint32_t vector, uint32_t return_address);
  // Where `address` is for an access of the current mode; nullopt: it aborts, with what DFSR or
  // IFSR would say in `status`.
  std::optional<uint32_t> Translate(uint32_t address, bool is_write, uint32_t& status) const;
  // The MMU is on and maps that address as cacheable (C) while the data cache is on.
  bool IsCached(uint32_t address) const;
  // Where an access was not aligned since the last call; with SCTLR.A it aborts as well. Without,
  // an ARM926EJ-S turns the bytes of the word around, which nobody wants.
  std::optional<uint32_t> TakeMisaligned() { return std::exchange(misaligned_, std::nullopt); }

 private:
  struct Descriptor {
    uint32_t level = 0;  // 1 section, 2 page; 0 translation fault
    uint32_t domain = 0;
    uint32_t access = 0;  // AP of the place
    uint32_t physical = 0;
    bool is_cacheable = false;
    uint32_t fault = 0;  // status when level is 0
  };

  void OnException(uint32_t number) override;
  bool OnUnmapped(uint32_t address) override {
    unmapped_ = address;
    return false;
  }
  void OnStop(bool is_breakpoint) override;
  void OnFailedAccess() override { stop_ = Arm926Stop::kDataAbort; }
  uint32_t Watched() const override { return cpsr() & (kMaskIrq | kMaskFiq); }

  void WriteCp15(uint32_t crn, uint32_t crm, uint32_t opcode2, uint32_t value);
  bool MapShadow(uint32_t address);
  void End(Arm926Stop stop);
  Arm926Stop StopOf(uc_err error);
  void RecordAbort(bool is_data);
  static void HandleAccess(uc_engine* engine, uc_mem_type type, uint64_t address, int size,
                           int64_t value, void* self);
  Descriptor Walk(uint32_t address) const;
  uint32_t Word(uint32_t physical) const;

  Arm926Stop stop_ = Arm926Stop::kBudget;
  uint32_t accessed_ = 0;  // the address of the last load or store
  std::optional<uint32_t> misaligned_;
  std::optional<uint32_t> unmapped_;
  std::deque<std::array<std::byte, 4096>> shadows_;
};

}  // namespace test
