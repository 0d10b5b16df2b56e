#include "tests/support/vboard/unicorn_cpu.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace test {
namespace {

constexpr uint64_t kNoEnd = 0xffff'ffff'ffffULL;

}  // namespace

void UnicornCpu::Require(uc_err error, const char* what) {
  if (error != UC_ERR_OK) {
    std::fprintf(stderr, "virtual board: %s: %s\n", what, uc_strerror(error));
    std::abort();
  }
}

UnicornCpu::UnicornCpu(DeviceBus& bus, uc_mode mode, uc_cpu_arm model)
    : bus_(bus), mode_(mode), model_(model) {
  Open();
}

UnicornCpu::~UnicornCpu() { uc_close(engine_); }

void UnicornCpu::Open() {
  Require(uc_open(UC_ARCH_ARM, mode_, &engine_), "open");
  Require(uc_ctl_set_cpu_model(engine_, model_), "processor model");
  AddHook(UC_HOOK_CODE, reinterpret_cast<void*>(&HandleInstruction));
  AddHook(UC_HOOK_INTR, reinterpret_cast<void*>(&HandleInterrupt));
  AddHook(UC_HOOK_MEM_INVALID, reinterpret_cast<void*>(&HandleInvalidAccess));
  AddHook(UC_HOOK_INSN_INVALID, reinterpret_cast<void*>(&HandleInvalidInstruction));
}

void UnicornCpu::Renew() {
  uc_close(engine_);
  Open();
  for (const Memory& memory : memories_) {
    Map(memory);
  }
  for (DeviceRange& range : device_ranges_) {
    Map(range);
  }
}

void UnicornCpu::AddHook(int type, void* callback) {
  uc_hook hook = 0;
  // A range whose end lies before its start is everywhere.
  Require(uc_hook_add(engine_, &hook, type, callback, this, 1, 0), "hook");
}

void UnicornCpu::Map(const Memory& memory) {
  const uint32_t rights =
      UC_PROT_READ | UC_PROT_EXEC | (memory.is_writable ? uint32_t{UC_PROT_WRITE} : 0);
  Require(uc_mem_map_ptr(engine_, memory.address, memory.bytes.size(), rights, memory.bytes.data()),
          "map memory");
}

void UnicornCpu::Map(DeviceRange& range) {
  Require(uc_mmio_map(engine_, range.address, range.size, &HandleDeviceRead, &range,
                      &HandleDeviceWrite, &range),
          "map devices");
}

void UnicornCpu::MapMemory(uint32_t address, std::span<std::byte> memory, bool is_writable) {
  memories_.push_back({.address = address, .bytes = memory, .is_writable = is_writable});
  Map(memories_.back());
}

void UnicornCpu::MapDevices(uint32_t address, uint32_t size) {
  Map(device_ranges_.emplace_back(DeviceRange{.cpu = this, .address = address, .size = size}));
}

uc_err UnicornCpu::RunFrom(uint32_t pc, bool watches) {
  watches_ = watches;
  watched_ = watches ? Watched() : 0;
  is_stopped_ = false;
  const uc_err error = uc_emu_start(engine_, pc, kNoEnd, 0, 0);
  RestoreStores();
  return error;
}

void UnicornCpu::StopEngine() {
  is_stopped_ = true;
  uc_emu_stop(engine_);
}

void UnicornCpu::HandleInstruction(uc_engine*, uint64_t address, uint32_t, void* self) {
  auto& cpu = *static_cast<UnicornCpu*>(self);
  const auto pc = static_cast<uint32_t>(address);
  if (!cpu.restores_.empty()) {
    cpu.RestoreStores();
  }
  if (cpu.is_stopped_) {
    uc_emu_stop(cpu.engine_);
    return;
  }
  const bool is_breakpoint = !cpu.breakpoints_.empty() &&
                             std::ranges::find(cpu.breakpoints_, pc) != cpu.breakpoints_.end();
  if (is_breakpoint || cpu.executed_ >= cpu.budget_ ||
      (cpu.watches_ && cpu.Watched() != cpu.watched_)) {
    cpu.OnStop(is_breakpoint);
    cpu.StopEngine();
    return;
  }
  ++cpu.executed_;
  cpu.last_pc_ = pc;
}

void UnicornCpu::HandleInterrupt(uc_engine*, uint32_t number, void* self) {
  static_cast<UnicornCpu*>(self)->OnException(number);
}

bool UnicornCpu::HandleInvalidAccess(uc_engine*, uc_mem_type type, uint64_t address, int size,
                                     int64_t value, void* self) {
  auto& cpu = *static_cast<UnicornCpu*>(self);
  const auto where = static_cast<uint32_t>(address);
  if (type == UC_MEM_WRITE_PROT) {
    cpu.StoreToFlash(where, static_cast<uint32_t>(size), static_cast<uint64_t>(value));
    return true;
  }
  cpu.fault_address_ = where;
  return cpu.OnUnmapped(where);
}

bool UnicornCpu::HandleInvalidInstruction(uc_engine*, void*) { return false; }

uint64_t UnicornCpu::HandleDeviceRead(uc_engine*, uint64_t offset, unsigned width, void* range) {
  const auto& place = *static_cast<DeviceRange*>(range);
  return place.cpu->bus_.ReadDevice(place.address + static_cast<uint32_t>(offset), width);
}

void UnicornCpu::HandleDeviceWrite(uc_engine*, uint64_t offset, unsigned width, uint64_t value,
                                   void* range) {
  const auto& place = *static_cast<DeviceRange*>(range);
  place.cpu->bus_.WriteDevice(place.address + static_cast<uint32_t>(offset), width,
                              static_cast<uint32_t>(value));
}

void UnicornCpu::FailAccess(uint32_t address) {
  fault_address_ = address;
  if (!is_stopped_) {
    OnFailedAccess();
  }
  StopEngine();
}

void UnicornCpu::StoreToFlash(uint32_t address, uint32_t size, uint64_t value) {
  for (uint32_t done = 0; done < size; done += 4) {
    bus_.StoreToFlash(address + done, std::min(size - done, 4u),
                      static_cast<uint32_t>(value >> (8 * done)));
  }
  if (std::byte* place = Find(address, size); place != nullptr) {
    Restore& restore = restores_.emplace_back(Restore{.place = place, .size = size, .bytes = {}});
    std::memcpy(restore.bytes.data(), place, size);
  }
}

void UnicornCpu::RestoreStores() {
  for (const Restore& restore : restores_) {
    std::memcpy(restore.place, restore.bytes.data(), restore.size);
  }
  restores_.clear();
}

void UnicornCpu::SetBreakpoints(std::span<const uint32_t> addresses) {
  breakpoints_.assign(addresses.begin(), addresses.end());
}

void UnicornCpu::ForgetCode(uint32_t address, uint32_t size) {
  // Not uc_ctl_flush_tlb(), which takes 50 ms. What was never translated gives an error.
  static_cast<void>(uc_ctl_remove_cache(engine_, uint64_t{address}, uint64_t{address} + size));
}

std::byte* UnicornCpu::Find(uint32_t address, uint32_t size) const {
  for (const Memory& memory : memories_) {
    const uint32_t offset = address - memory.address;
    if (address >= memory.address && offset + size <= memory.bytes.size()) {
      return memory.bytes.data() + offset;
    }
  }
  return nullptr;
}

bool UnicornCpu::IsMapped(uint32_t address) const {
  return Find(address, 1) != nullptr ||
         std::ranges::any_of(device_ranges_, [address](const DeviceRange& range) {
           return address - range.address < range.size;
         });
}

uint32_t UnicornCpu::ReadUnicorn(int name) const {
  uint32_t value = 0;
  Require(uc_reg_read(engine_, name, &value), "read register");
  return value;
}

void UnicornCpu::WriteUnicorn(int name, uint32_t value) {
  Require(uc_reg_write(engine_, name, &value), "write register");
}

}  // namespace test
