// A chip behind two ports: the index port takes the number of a register, the data port is that
// register.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "stack/base/bytes.h"
#include "stack/base/checksum.h"

namespace drivers {

// Registers have 8 bits, on the low data lines. Ports that move more than a register (the packet
// memory of a MAC) use all data lines of the bus.
//
// Two accesses belong together, so nobody else may touch the chip in between: an interrupt handler
// leaves it alone.
class IndexDataBus {
 public:
  enum class Width : uint8_t { k8, k16 };

  Width width() const { return width_; }
  // Bytes that one access of the data port moves.
  size_t step() const { return width_ == Width::k16 ? 2 : 1; }

  uint8_t Read(uint8_t index) {
    WriteIndex(index);
    return static_cast<uint8_t>(ReadData());
  }
  void Write(uint8_t index, uint8_t value) {
    WriteIndex(index);
    WriteData(value);
  }

  // One access each, of the register whose index was written last.
  void WriteIndex(uint8_t index) {
    if (index_port_ == 0) {
      DoWriteIndex(index);
    } else {
      Store(index_port_, index);
    }
  }
  uint16_t ReadData() { return data_port_ == 0 ? DoReadData() : Load(data_port_); }
  void WriteData(uint16_t value) {
    if (data_port_ == 0) {
      DoWriteData(value);
    } else {
      Store(data_port_, value);
    }
  }

  // Reads data.size() bytes from the data port and returns the sum of those behind the first
  // `unsummed`: the one pass over received data that also serves the checksums. On a bus of 16 bits
  // `data` starts at an even address; `unsummed` and data.size() are even.
  base::Sum ReadBlock(base::ByteSpan data, size_t unsummed = 0) {
    return DoReadBlock(data, unsummed);
  }
  // Writes `data` to the data port. On a bus of 16 bits it starts at an even address and its size
  // is even.
  void WriteBlock(base::ConstByteSpan data) { DoWriteBlock(data); }

 protected:
  // Ports in memory are reached without a call, because drivers do so several times a frame; 0:
  // only the functions below reach them.
  explicit constexpr IndexDataBus(Width width, uintptr_t index_port = 0, uintptr_t data_port = 0)
      : index_port_(index_port), data_port_(data_port), width_(width) {}
  ~IndexDataBus() = default;

  uintptr_t data_port() const { return data_port_; }

 private:
  virtual void DoWriteIndex(uint8_t index) = 0;
  virtual uint16_t DoReadData() = 0;
  virtual void DoWriteData(uint16_t value) = 0;
  virtual base::Sum DoReadBlock(base::ByteSpan data, size_t unsummed) = 0;
  virtual void DoWriteBlock(base::ConstByteSpan data) = 0;

  uint16_t Load(uintptr_t port) const {
    return width_ == Width::k16 ? *reinterpret_cast<const volatile uint16_t*>(port)
                                : *reinterpret_cast<const volatile uint8_t*>(port);
  }
  void Store(uintptr_t port, uint16_t value) const {
    if (width_ == Width::k16) {
      *reinterpret_cast<volatile uint16_t*>(port) = value;
    } else {
      *reinterpret_cast<volatile uint8_t*>(port) = static_cast<uint8_t>(value);
    }
  }

  const uintptr_t index_port_;
  const uintptr_t data_port_;
  const Width width_;
};

// Both ports in memory.
class MappedIndexDataBus final : public IndexDataBus {
 public:
  // The addresses are those of the two ports, not 0.
  constexpr MappedIndexDataBus(Width width, uintptr_t index_port, uintptr_t data_port)
      : IndexDataBus(width, index_port, data_port) {}

 private:
  void DoWriteIndex(uint8_t index) override { WriteIndex(index); }
  uint16_t DoReadData() override { return ReadData(); }
  void DoWriteData(uint16_t value) override { WriteData(value); }
  base::Sum DoReadBlock(base::ByteSpan data, size_t unsummed) override;
  void DoWriteBlock(base::ConstByteSpan data) override;
};

}  // namespace drivers
