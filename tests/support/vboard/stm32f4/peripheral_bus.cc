#include "tests/support/vboard/stm32f4/peripheral_bus.h"

#include <algorithm>

#include "tests/support/vboard/hex.h"

namespace test {
namespace {

constexpr uint32_t WidthMask(uint32_t width) { return width == 4 ? ~0u : (1u << (8 * width)) - 1; }

}  // namespace

PeripheralBus::Block* PeripheralBus::Find(uint32_t address) {
  const auto found = std::ranges::find_if(
      blocks_, [&](const Block& block) { return address - block.base < block.size; });
  if (found == blocks_.end()) {
    violations_.Add("no peripheral at " + Hex(address & ~(kBlockSize - 1)));
    return nullptr;
  }
  return &*found;
}

bool PeripheralBus::IsUsable(const Block& block, const char* what) {
  if (block.enable_register == kAlwaysClocked) {
    return true;
  }
  if (!rcc_.IsSet(block.enable_register, block.enable_bit)) {
    violations_.Add(block.name + " " + what + " without its clock");
    return false;
  }
  if (rcc_.IsSet(block.enable_register - Rcc::kToReset, block.enable_bit)) {
    violations_.Add(block.name + " " + what + " while held in reset");
    return false;
  }
  return true;
}

bool PeripheralBus::Read(uint32_t address, uint32_t width, uint32_t& value) {
  value = 0;
  Block* block = Find(address);
  if (block == nullptr) {
    return false;
  }
  if (IsUsable(*block, "read")) {
    block->peripheral->Advance();
    const uint32_t word = block->peripheral->Read((address - block->base) & ~3u);
    value = word >> (8 * (address & 3)) & WidthMask(width);
  }
  return true;
}

bool PeripheralBus::Write(uint32_t address, uint32_t width, uint32_t value) {
  Block* block = Find(address);
  if (block == nullptr) {
    return false;
  }
  if (!IsUsable(*block, "written")) {
    return true;
  }
  // With the frequencies from before the write.
  Advance();
  const uint32_t offset = (address - block->base) & ~3u;
  const uint32_t shift = 8 * (address & 3);
  const uint32_t mask = WidthMask(width) << shift;
  const uint32_t kept = width == 4 ? 0 : block->peripheral->Peek(offset) & ~mask;
  block->peripheral->Write(offset, kept | (value << shift & mask));
  if (block->peripheral == &rcc_) {
    ApplyResets();
  }
  return true;
}

void PeripheralBus::ApplyResets() {
  for (const Block& block : blocks_) {
    if (block.enable_register != kAlwaysClocked &&
        rcc_.IsSet(block.enable_register - Rcc::kToReset, block.enable_bit)) {
      block.peripheral->Reset();
    }
  }
}

void PeripheralBus::Reset() {
  for (const Block& block : blocks_) {
    if (block.peripheral != &rcc_ && !block.survives_reset) {
      block.peripheral->Reset();
    }
  }
}

void PeripheralBus::Advance() {
  for (const Block& block : blocks_) {
    block.peripheral->Advance();
  }
}

VirtualTime PeripheralBus::next_event() const {
  VirtualTime next = kNever;
  for (const Block& block : blocks_) {
    next = std::min(next, block.peripheral->next_event());
  }
  return next;
}

void PeripheralBus::DriveLines(Nvic& nvic) const {
  for (const Block& block : blocks_) {
    if (block.interrupt != kNoInterrupt) {
      nvic.SetLine(block.interrupt, block.peripheral->interrupt_line());
    }
  }
  for (const Line& line : lines_) {
    nvic.SetLine(line.interrupt, line.is_high());
  }
}

}  // namespace test
