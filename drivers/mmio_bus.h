// RegisterBus on memory-mapped registers.
#pragma once

#include <cstdint>

#include "drivers/bus.h"
#include "drivers/fifo_window.h"

namespace drivers {

// FIFO ports of this bus are windows of 32 bytes in which every word is the port, so that one
// instruction can move several words.
class MmioBus final : public RegisterBus {
 public:
  // `base` is the physical address of the chip's first register, not 0.
  explicit constexpr MmioBus(uintptr_t base) : RegisterBus(base) {}

 private:
  uint32_t DoRead(uint32_t address) override { return *Mapped(address); }
  void DoWrite(uint32_t address, uint32_t value) override { *Mapped(address) = value; }
  base::Sum DoReadBlock(uint32_t address, base::ByteSpan data, size_t unsummed) override {
    return FoldWords(ReadFifoWindow(Mapped(address), data.data(), data.size() / 4, unsummed / 4));
  }
  void DoWriteBlock(uint32_t address, base::ConstByteSpan data) override {
    WriteFifoWindow(Mapped(address), data.data(), data.size() / 4);
  }
};

}  // namespace drivers
