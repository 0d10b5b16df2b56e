// RegisterBus on memory-mapped registers whose FIFO port is a single word.
#pragma once

#include <cstdint>
#include <cstring>

#include "drivers/bus.h"

namespace drivers {

// For chips whose data register has other registers as neighbours, so that the wide loops of
// MmioBus would touch those.
class PortBus final : public RegisterBus {
 public:
  // `base` is the physical address of the chip's first register, not 0.
  explicit constexpr PortBus(uintptr_t base) : RegisterBus(base) {}

 private:
  uint32_t DoRead(uint32_t address) override { return *Mapped(address); }
  void DoWrite(uint32_t address, uint32_t value) override { *Mapped(address) = value; }
  base::Sum DoReadBlock(uint32_t address, base::ByteSpan data, size_t unsummed) override {
    volatile uint32_t* const port = Mapped(address);
    uint64_t sum = 0;  // carries collect in the upper half
    for (size_t i = 0; i < data.size(); i += 4) {
      const uint32_t word = *port;
      std::memcpy(&data[i], &word, sizeof(word));
      sum += i < unsummed ? 0 : word;
    }
    return base::FoldWords(sum);
  }
  void DoWriteBlock(uint32_t address, base::ConstByteSpan data) override {
    volatile uint32_t* const port = Mapped(address);
    for (size_t i = 0; i < data.size(); i += 4) {
      uint32_t word;
      std::memcpy(&word, &data[i], sizeof(word));
      *port = word;
    }
  }
};

}  // namespace drivers
