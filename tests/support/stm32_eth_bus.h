// The STM32 Ethernet model on a bench: what the unit tests of a driver need around it. The clock
// passes a little with each access of the bus, so that loops which count their looks end.
#pragma once

#include <cstring>
#include <memory>
#include <new>
#include <utility>

#include <sys/mman.h>

#include "drivers/bus.h"
#include "tests/support/stm32_eth_model.h"
#include "tests/support/vboard/manual_clock.h"

namespace test {

// Memory of the test whose addresses have 32 bits, which is what the DMA reaches; a bus error
// anywhere else.
class LowMemory final : public DmaMemory {
 public:
  static constexpr size_t kSize = 4 << 20;

  LowMemory() {
    void* const at = mmap(nullptr, kSize, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (at == MAP_FAILED) {
      throw std::bad_alloc();
    }
    memory_ = std::span(static_cast<std::byte*>(at), kSize);
  }
  ~LowMemory() override { munmap(memory_.data(), memory_.size()); }
  LowMemory(const LowMemory&) = delete;
  LowMemory& operator=(const LowMemory&) = delete;

  // A T there that lives as long as this; its destructor does not run.
  template <class T, class... Arguments>
  T& New(Arguments&&... arguments) {
    void* const at = Allocate(sizeof(T), alignof(T));
    return *new (at) T(std::forward<Arguments>(arguments)...);
  }
  void* Allocate(size_t size, size_t alignment) {
    used_ = (used_ + alignment - 1) / alignment * alignment;
    if (size > kSize - used_) {
      throw std::bad_alloc();
    }
    return &memory_[std::exchange(used_, used_ + size)];
  }
  static uint32_t AddressOf(const void* place) {
    return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(place));
  }

  bool Read(uint32_t address, base::ByteSpan bytes) override {
    const std::byte* const place = Find(address, bytes.size());
    if (place != nullptr) {
      std::memcpy(bytes.data(), place, bytes.size());
    }
    return place != nullptr;
  }
  bool Write(uint32_t address, base::ConstByteSpan bytes) override {
    std::byte* const place = Find(address, bytes.size());
    if (place != nullptr) {
      std::memcpy(place, bytes.data(), bytes.size());
    }
    return place != nullptr;
  }

 private:
  std::byte* Find(uint32_t address, size_t size) const {
    const uint32_t offset = address - AddressOf(memory_.data());
    return offset <= kSize && size <= kSize - offset ? &memory_[offset] : nullptr;
  }

  std::span<std::byte> memory_;
  size_t used_ = 0;
};

// A driver's way to the model.
class Stm32EthBus final : public drivers::RegisterBus {
 public:
  static constexpr VirtualTime kAccess = 50'000;  // picoseconds, some cycles of the core

  Stm32EthBus(Stm32EthModel& model, ManualClock& clock) : model_(model), clock_(clock) {}
  uint32_t accesses() const { return accesses_; }

 private:
  uint32_t DoRead(uint32_t address) override {
    Pass();
    return model_.Read(address);
  }
  void DoWrite(uint32_t address, uint32_t value) override {
    Pass();
    model_.Write(address, value);
  }
  base::Sum DoReadBlock(uint32_t, base::ByteSpan, size_t) override { return 0; }
  void DoWriteBlock(uint32_t, base::ConstByteSpan) override {}
  void Pass() {
    ++accesses_;
    clock_.Pass(kAccess);
  }

  Stm32EthModel& model_;
  ManualClock& clock_;
  uint32_t accesses_ = 0;
};

// All of it. The PHY answers at address 1, and at 0 as a KSZ8081 does.
struct Stm32EthBench {
  // Lets that much time pass, event by event.
  void RunFor(VirtualTime duration) {
    clock.Pass(duration);
    model.Advance();
  }

  Violations violations;
  ManualClock clock;
  LowMemory memory;
  PhyModel phy{{.id = 0x0022'1560, .vendor = PhyVendor::kKsz8081, .undefined = std::nullopt}};
  MdioModel mdio;
  Stm32EthModel model{{.clock = clock,
                       .memory = memory,
                       .mdio = Connect(mdio, phy),
                       .phy = phy,
                       .violations = violations}};
  Stm32EthBus bus{model, clock};

 private:
  static MdioModel& Connect(MdioModel& mdio, PhyModel& phy) {
    mdio.Attach(1, phy);
    return mdio;
  }
};

}  // namespace test
