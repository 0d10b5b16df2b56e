// The instructions of a Cortex-M4 and its memory, run by Unicorn. No exceptions: what would cause
// one ends the run and is reported.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include <unicorn/unicorn.h>

namespace test {

// What lies beyond plain memory, as the running code sees it. An access that fails calls
// CortexMCpu::FailAccess().
class DeviceBus {
 public:
  virtual ~DeviceBus() = default;
  virtual uint32_t ReadDevice(uint32_t address, uint32_t width) = 0;
  virtual void WriteDevice(uint32_t address, uint32_t width, uint32_t value) = 0;
  // A store to memory that is mapped as not writable. It changes that memory itself, if at all.
  virtual void StoreToFlash(uint32_t address, uint32_t width, uint32_t value) = 0;
};

// Numbered as DCRSR.REGSEL does up to kPsp (ARMv7-M C1.6.3).
enum class CoreRegister : uint8_t {
  kR0 = 0,
  kR1 = 1,
  kR2 = 2,
  kR3 = 3,
  kR12 = 12,
  kSp = 13,
  kLr = 14,
  kPc = 15,
  kXpsr = 16,
  kMsp = 17,
  kPsp = 18,
  kControl = 19,
  kFaultMask = 20,
  kBasePri = 21,
  kPriMask = 22,
  kFpscr = 23,
  kS0 = 32,  // to S31 at 63
};

enum class StopReason : uint8_t {
  kBudget,            // or EndRun()
  kMaskChanged,       // PRIMASK, BASEPRI or FAULTMASK; only when asked for
  kWaitForInterrupt,  // the PC is behind the WFI
  kBreakpoint,        // before the instruction at the PC
  kBkptInstruction,   // the PC is at it
  kSupervisorCall,    // the PC is behind it
  kExceptionReturn,   // `address` is the EXC_RETURN value
  kDataFault,         // `address` was not there; the PC is at the instruction
  kFetchFault,        // nothing to execute at `address`
  kUndefined,         // the PC is at the instruction
  kInvalidState,      // EPSR.T is 0: a branch to an even address
};

struct CpuStop {
  StopReason reason = StopReason::kBudget;
  uint64_t executed = 0;
  uint32_t address = 0;
};

class CortexMCpu {
 public:
  explicit CortexMCpu(DeviceBus& bus);
  ~CortexMCpu();
  CortexMCpu(const CortexMCpu&) = delete;
  CortexMCpu& operator=(const CortexMCpu&) = delete;

  // Multiples of 4 KiB. The memory outlives this.
  void MapMemory(uint32_t address, std::span<std::byte> memory, bool is_writable);
  void MapDevices(uint32_t address, uint32_t size);

  // Runs at most `instructions` from the PC. An instruction in an IT block may be executed beyond
  // them. `watch_masks`: ends behind an instruction that changes the interrupt masks.
  CpuStop Run(uint64_t instructions, bool watch_masks);
  // Instructions of the current run so far, the one in execution included.
  uint64_t executed() const { return executed_; }
  // From the bus: the run ends behind the instruction in execution.
  void EndRun() { budget_ = 0; }
  // From the bus: the access in execution is a bus fault.
  void FailAccess(uint32_t address);

  void SetBreakpoints(std::span<const uint32_t> addresses);
  // Code there was changed by somebody else than the running code.
  void ForgetCode(uint32_t address, uint32_t size);

  uint32_t Get(CoreRegister name) const;
  void Set(CoreRegister name, uint32_t value);

 private:
  struct DeviceRange {
    CortexMCpu* cpu;
    uint32_t address;
  };
  struct Memory {
    uint32_t address;
    std::span<std::byte> bytes;
  };
  // Unicorn stores after its hook; this is what has to be there.
  struct Restore {
    std::byte* place;
    uint32_t size;
    std::array<std::byte, 8> bytes;
  };

  static void OnInstruction(uc_engine* engine, uint64_t address, uint32_t size, void* self);
  static void OnInterrupt(uc_engine* engine, uint32_t number, void* self);
  static bool OnInvalidAccess(uc_engine* engine, uc_mem_type type, uint64_t address, int size,
                              int64_t value, void* self);
  static bool OnInvalidInstruction(uc_engine* engine, void* self);
  static uint64_t OnDeviceRead(uc_engine* engine, uint64_t offset, unsigned width, void* range);
  static void OnDeviceWrite(uc_engine* engine, uint64_t offset, unsigned width, uint64_t value,
                            void* range);

  void AddHook(int type, void* callback);
  void Stop(StopReason reason);
  void StoreToFlash(uint32_t address, uint32_t size, uint64_t value);
  void RestoreStores();
  StopReason ReasonOf(uc_err error);
  bool IsHint(uint32_t address) const;
  uint32_t masks() const;
  std::byte* Find(uint32_t address, uint32_t size) const;

  DeviceBus& bus_;
  uc_engine* engine_ = nullptr;
  std::deque<DeviceRange> device_ranges_;  // Unicorn keeps their addresses
  std::vector<Memory> memories_;
  std::vector<uint32_t> breakpoints_;
  std::vector<Restore> restores_;

  uint64_t budget_ = 0;
  uint64_t executed_ = 0;
  uint32_t last_pc_ = 0;
  bool watch_masks_ = false;
  uint32_t watched_masks_ = 0;
  bool is_stopped_ = false;
  StopReason reason_ = StopReason::kBudget;
  uint32_t fault_address_ = 0;
};

}  // namespace test
