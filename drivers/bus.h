// How a driver reaches its chip. The bus is apart from the chip, so that every driver also runs on
// the host against a register-level model.
#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/base/bytes.h"
#include "stack/base/checksum.h"
#include "stack/base/result.h"

namespace drivers {

// A chip with addressable 32-bit registers, on whatever wires. Addresses are the datasheet's
// offsets in bytes.
class RegisterBus {
 public:
  // Registers in memory are reached without a call, because drivers do so several times a frame.
  uint32_t Read(uint32_t address) { return mapped_at_ != 0 ? *Mapped(address) : DoRead(address); }
  void Write(uint32_t address, uint32_t value) {
    if (mapped_at_ != 0) {
      *Mapped(address) = value;
    } else {
      DoWrite(address, value);
    }
  }

  // Reads data.size() bytes from the FIFO port at `address`, one word after the other, and returns
  // the sum of those behind the first `unsummed`: the one pass over received data that also serves
  // the checksums. `data` is word aligned and a whole number of words; `unsummed` is a multiple of
  // 16 and at most data.size().
  base::Sum ReadBlock(uint32_t address, base::ByteSpan data, size_t unsummed = 0) {
    return DoReadBlock(address, data, unsummed);
  }
  // Writes `data`, word aligned and a whole number of words, to the FIFO port at `address`.
  void WriteBlock(uint32_t address, base::ConstByteSpan data) { DoWriteBlock(address, data); }

 protected:
  // `mapped_at` is where the first register stands in memory; 0: only the functions below reach it.
  explicit constexpr RegisterBus(uintptr_t mapped_at = 0) : mapped_at_(mapped_at) {}
  ~RegisterBus() = default;

  volatile uint32_t* Mapped(uint32_t address) const {
    return reinterpret_cast<volatile uint32_t*>(mapped_at_ + address);
  }

 private:
  virtual uint32_t DoRead(uint32_t address) = 0;
  virtual void DoWrite(uint32_t address, uint32_t value) = 0;
  virtual base::Sum DoReadBlock(uint32_t address, base::ByteSpan data, size_t unsummed) = 0;
  virtual void DoWriteBlock(uint32_t address, base::ConstByteSpan data) = 0;

  const uintptr_t mapped_at_;
};

// A chip behind one SPI chip select. Each call is one transaction: select, bytes, deselect.
class SpiDevice {
 public:
  // Sends `out`, then clocks `in.size()` bytes in. Either may be empty.
  virtual void WriteThenRead(base::ConstByteSpan out, base::ByteSpan in) = 0;
  // Sends `head`, then `body`: a command and data that stay where they are.
  virtual void WriteTwo(base::ConstByteSpan head, base::ConstByteSpan body) = 0;

 protected:
  ~SpiDevice() = default;
};

inline constexpr uint8_t kPhyAddresses = 32;  // IEEE 802.3 clause 22.2.4.5.5
inline constexpr uint8_t kPhyRegisters = 32;  // IEEE 802.3 clause 22.2.4.5.6

// The management bus of IEEE 802.3 clause 22. `phy` and `reg` are 0 to 31. A PHY that is not there
// reads as 0xffff, because nobody drives the line.
class MdioBus {
 public:
  // kDeadlineExceeded: the MAC's management unit did not finish. kInvalidArgument: no such address.
  virtual base::Result<uint16_t> Read(uint8_t phy, uint8_t reg) = 0;
  virtual base::Status Write(uint8_t phy, uint8_t reg, uint16_t value) = 0;

 protected:
  ~MdioBus() = default;
};

}  // namespace drivers
