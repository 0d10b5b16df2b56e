// What the processor cores that Unicorn runs have in common: memory and devices, one hook that
// counts instructions and ends a run, faults of accesses. No exceptions: what would cause one ends
// the run, and the core around it takes the exception.
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
// UnicornCpu::FailAccess().
class DeviceBus {
 public:
  virtual ~DeviceBus() = default;
  virtual uint32_t ReadDevice(uint32_t address, uint32_t width) = 0;
  virtual void WriteDevice(uint32_t address, uint32_t width, uint32_t value) = 0;
  // A store to memory that is mapped as not writable. It changes that memory itself, if at all.
  virtual void StoreToFlash(uint32_t address, uint32_t width, uint32_t value) = 0;
};

class UnicornCpu {
 public:
  UnicornCpu(const UnicornCpu&) = delete;
  UnicornCpu& operator=(const UnicornCpu&) = delete;

  // Multiples of 4 KiB, at physical addresses. The memory outlives this.
  void MapMemory(uint32_t address, std::span<std::byte> memory, bool is_writable);
  void MapDevices(uint32_t address, uint32_t size);

  // Instructions of the current run so far, the one in execution included.
  uint64_t executed() const { return executed_; }
  // From the bus: the run ends behind the instruction in execution.
  void EndRun() { budget_ = 0; }
  // From the bus: the access in execution is a bus fault.
  void FailAccess(uint32_t address);

  void SetBreakpoints(std::span<const uint32_t> addresses);
  // Code there was changed by somebody else than the running code.
  void ForgetCode(uint32_t address, uint32_t size);

 protected:
  UnicornCpu(DeviceBus& bus, uc_mode mode, uc_cpu_arm model);
  virtual ~UnicornCpu();

  // Runs from `pc`, whose bit 0 chooses Thumb, for what BeginCount() allows. `watches`: also ends
  // before an instruction that finds Watched() changed.
  uc_err RunFrom(uint32_t pc, bool watches);
  void BeginCount(uint64_t instructions) {
    budget_ = instructions;
    executed_ = 0;
  }
  bool is_stopped() const { return is_stopped_; }
  void StopEngine();
  uint32_t last_pc() const { return last_pc_; }
  uint32_t fault_address() const { return fault_address_; }
  void SetFaultAddress(uint32_t address) { fault_address_ = address; }
  uint32_t ReadUnicorn(int name) const;
  void WriteUnicorn(int name, uint32_t value);
  std::byte* Find(uint32_t address, uint32_t size) const;
  bool IsMapped(uint32_t address) const;
  uc_engine* engine() const { return engine_; }
  // Throws the engine with its registers, translations and TLB away; memory stays mapped.
  void Renew();
  // `callback` gets this object.
  void AddHook(int type, void* callback);
  // Nothing a board could do about it.
  static void Require(uc_err error, const char* what);

 private:
  struct DeviceRange {
    UnicornCpu* cpu;
    uint32_t address;
    uint32_t size;
  };
  struct Memory {
    uint32_t address;
    std::span<std::byte> bytes;
    bool is_writable;
  };
  // Unicorn stores after its hook; this is what has to be there.
  struct Restore {
    std::byte* place;
    uint32_t size;
    std::array<std::byte, 8> bytes;
  };

  // An exception by QEMU's number. Has to stop the engine.
  virtual void OnException(uint32_t number) = 0;
  // Nothing is mapped there. True: something is now.
  virtual bool OnUnmapped(uint32_t address) = 0;
  // The run ends before an instruction: at a breakpoint, or because it was long enough.
  virtual void OnStop(bool is_breakpoint) = 0;
  virtual void OnFailedAccess() = 0;
  virtual uint32_t Watched() const = 0;

  static void HandleInstruction(uc_engine* engine, uint64_t address, uint32_t size, void* self);
  static void HandleInterrupt(uc_engine* engine, uint32_t number, void* self);
  static bool HandleInvalidAccess(uc_engine* engine, uc_mem_type type, uint64_t address, int size,
                                  int64_t value, void* self);
  static bool HandleInvalidInstruction(uc_engine* engine, void* self);
  static uint64_t HandleDeviceRead(uc_engine* engine, uint64_t offset, unsigned width, void* range);
  static void HandleDeviceWrite(uc_engine* engine, uint64_t offset, unsigned width, uint64_t value,
                                void* range);

  void Open();
  void Map(const Memory& memory);
  void Map(DeviceRange& range);
  void StoreToFlash(uint32_t address, uint32_t size, uint64_t value);
  void RestoreStores();

  DeviceBus& bus_;
  uc_mode mode_;
  uc_cpu_arm model_;
  uc_engine* engine_ = nullptr;
  std::deque<DeviceRange> device_ranges_;  // Unicorn keeps their addresses
  std::vector<Memory> memories_;
  std::vector<uint32_t> breakpoints_;
  std::vector<Restore> restores_;

  uint64_t budget_ = 0;
  uint64_t executed_ = 0;
  uint32_t last_pc_ = 0;
  bool watches_ = false;
  uint32_t watched_ = 0;
  bool is_stopped_ = false;
  uint32_t fault_address_ = 0;
};

}  // namespace test
