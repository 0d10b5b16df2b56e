// How a driver reaches its chip. The bus is apart from the chip, so that every driver also runs on
// the host against a register-level model.
#pragma once

#include <cstdint>

#include "stack/base/bytes.h"
#include "stack/base/checksum.h"
#include "stack/base/result.h"

namespace drivers {

// A chip with addressable 32-bit registers, on whatever wires. Addresses are the datasheet's
// offsets in bytes.
class RegisterBus {
 public:
  virtual uint32_t Read(uint32_t address) = 0;
  virtual void Write(uint32_t address, uint32_t value) = 0;

  // Reads data.size() bytes from the FIFO port at `address`, one word after the other, and returns
  // their sum: the one pass over received data that also serves the checksums. `data` is word
  // aligned and a whole number of words.
  virtual base::Sum ReadBlock(uint32_t address, base::ByteSpan data) = 0;
  // Writes `data`, word aligned and a whole number of words, to the FIFO port at `address`.
  virtual void WriteBlock(uint32_t address, base::ConstByteSpan data) = 0;

 protected:
  ~RegisterBus() = default;
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
