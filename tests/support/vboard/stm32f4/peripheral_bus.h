// AHB and APB: which block answers at which address, and whether its clock runs.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/vboard/nvic.h"
#include "tests/support/vboard/peripheral.h"
#include "tests/support/vboard/stm32f4/rcc.h"
#include "tests/support/vboard/violations.h"

namespace test {

class PeripheralBus {
 public:
  static constexpr uint32_t kBlockSize = 0x400;
  static constexpr uint32_t kAlwaysClocked = 0;
  static constexpr uint32_t kNoInterrupt = ~0u;

  struct Block {
    std::string name;
    uint32_t base = 0;
    uint32_t size = kBlockSize;
    Peripheral* peripheral = nullptr;
    uint32_t enable_register = kAlwaysClocked;  // offset in the RCC
    uint32_t enable_bit = 0;
    uint32_t interrupt = kNoInterrupt;
    bool survives_reset = false;  // only a power-on reset reaches it
  };

  PeripheralBus(Rcc& rcc, Violations& violations) : rcc_(rcc), violations_(violations) {}
  void Add(Block block) { blocks_.push_back(std::move(block)); }
  // One more interrupt of a block that has several.
  void AddLine(uint32_t interrupt, std::function<bool()> is_high) {
    lines_.push_back({.interrupt = interrupt, .is_high = std::move(is_high)});
  }

  // False: no block is there. Without its clock a block reads 0 and takes nothing.
  bool Read(uint32_t address, uint32_t width, uint32_t& value);
  bool Write(uint32_t address, uint32_t width, uint32_t value);

  // All but the RCC itself, whose flags need the cause, and those that survive.
  void Reset();
  void Advance();
  VirtualTime next_event() const;
  void DriveLines(Nvic& nvic) const;

 private:
  struct Line {
    uint32_t interrupt;
    std::function<bool()> is_high;
  };

  Block* Find(uint32_t address);
  bool IsUsable(const Block& block, const char* what);
  void ApplyResets();

  Rcc& rcc_;
  Violations& violations_;
  std::vector<Block> blocks_;
  std::vector<Line> lines_;
};

}  // namespace test
