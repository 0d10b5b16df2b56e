// Plain memory, and a core that only knows whether it is halted.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tests/support/vprobe/targets.h"

namespace test {

// Little-endian bytes at an address; an access that is not wholly inside is a bus error.
class Memory : public TargetBus {
 public:
  Memory(uint32_t base, std::span<uint8_t> bytes) : base_(base), bytes_(bytes) {}
  bool Read(uint32_t address, uint32_t width, uint32_t& value) override;
  bool Write(uint32_t address, uint32_t width, uint32_t value) override;

 private:
  uint8_t* At(uint32_t address, uint32_t width) const;

  uint32_t base_;
  std::span<uint8_t> bytes_;
};

class ArrayCore : public TargetCore {
 public:
  bool RunSlice() override { return false; }
  void Halt() override { halted_ = true; }
  void Resume() override { halted_ = false; }
  void Step() override {}
  bool halted() override { return halted_; }
  bool TakeBreakpointHit() override { return false; }
  uint32_t ReadRegister(uint32_t number) override { return registers_.at(number); }
  void WriteRegister(uint32_t number, uint32_t value) override { registers_.at(number) = value; }
  void SetBreakpoints(std::span<const uint32_t>) override {}
  void Reset(bool halt) override;

 private:
  static constexpr uint32_t kRegisters = 32;
  std::array<uint32_t, kRegisters> registers_{};
  bool halted_ = false;
};

class ArrayTarget : public Target {
 public:
  ArrayTarget(uint32_t address, uint32_t size) : bytes_(size), memory_(address, bytes_) {}
  TargetBus& bus() override { return memory_; }
  TargetCore& core() override { return core_; }

 private:
  std::vector<uint8_t> bytes_;
  Memory memory_;
  ArrayCore core_;
};

// Argument ADDRESS:SIZE, hexadecimal.
std::unique_ptr<Target> MakeArrayTarget(const TargetSettings& settings);

}  // namespace test
