// The SPI instructions of the ENC28J60 (DS39662E chapter 4), with the bank remembered, and the PHY
// behind the MII registers (3.3).
#pragma once

#include <cstdint>

#include "drivers/bus.h"
#include "drivers/enc28j60/registers.h"
#include "stack/base/result.h"

namespace drivers::enc28j60 {

// The internal PHY is at address 0 of this MdioBus; nobody answers at the others.
class ChipAccess final : public MdioBus {
 public:
  // `timeouts` counts PHY accesses that did not finish; it and `spi` outlive this object.
  ChipAccess(SpiDevice& spi, uint32_t& timeouts) : spi_(spi), timeouts_(timeouts) {}

  uint8_t Get(Register reg);
  void Set(Register reg, uint8_t value);
  // Two registers, the low byte first: that is how the chip takes over pointers (6.1).
  uint16_t GetWord(Register low);
  void SetWord(Register low, uint16_t value);
  // Not for MAC and MII registers (asserted).
  void SetBits(Register reg, uint8_t bits);
  void ClearBits(Register reg, uint8_t bits);

  // At ERDPT and EWRPT, which move on.
  void ReadMemory(base::ByteSpan to);
  void WriteMemory(base::ConstByteSpan from);
  // The same with one byte in front.
  void WriteMemory(uint8_t first, base::ConstByteSpan from);

  // System reset (4.2.7). The chip must not be touched for 1 ms.
  void Reset();
  // The chip's bank is unknown: the next access selects its own whatever it was.
  void ForgetBank() { bank_ = Register::kEveryBank; }

  // kDeadlineExceeded: MISTAT.BUSY stayed set. kInvalidArgument: no such address.
  base::Result<uint16_t> Read(uint8_t phy, uint8_t reg) override;
  base::Status Write(uint8_t phy, uint8_t reg, uint16_t value) override;

 private:
  void Select(Register reg);
  void Send(uint8_t opcode, uint8_t value);
  base::Status WaitForMii();

  SpiDevice& spi_;
  uint32_t& timeouts_;
  uint8_t bank_ = Register::kEveryBank;
};

}  // namespace drivers::enc28j60
