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
  // `base` is the physical address of the chip's first register.
  explicit MmioBus(uintptr_t base) : base_(base) {}

  uint32_t Read(uint32_t address) override { return *At(address); }
  void Write(uint32_t address, uint32_t value) override { *At(address) = value; }

  base::Sum ReadBlock(uint32_t address, base::ByteSpan data) override {
    return FoldWords(ReadFifoWindow(At(address), data.data(), data.size() / 4));
  }
  void WriteBlock(uint32_t address, base::ConstByteSpan data) override {
    WriteFifoWindow(At(address), data.data(), data.size() / 4);
  }

 private:
  volatile uint32_t* At(uint32_t address) const {
    return reinterpret_cast<volatile uint32_t*>(base_ + address);
  }

  uintptr_t base_;
};

}  // namespace drivers
