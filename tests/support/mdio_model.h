// A management bus with PHYs at some of its 32 addresses, and the faults such buses have.
#pragma once

#include <array>
#include <cstdint>

#include "drivers/bus.h"
#include "tests/support/phy_model.h"

namespace test {

enum class MdioFault : uint8_t {
  kNone,
  kStuckHigh,  // nobody drives the line, or the PHY has no power
  kStuckLow,   // shorted, or no pull-up
  kBitSlip,    // every word comes one bit late
  kTimeout,    // the MAC's management unit hangs
};

class MdioModel final : public drivers::MdioBus {
 public:
  // `phy` outlives the bus. One PHY may answer at several addresses; where nobody is attached at 0,
  // the first one answers there that hears broadcasts.
  void Attach(uint8_t address, PhyModel& phy) { phys_[address] = &phy; }
  void SetTime(base::Instant now);
  void SetFault(MdioFault fault) { fault_ = fault; }
  // Spoils the n-th read from now on (1 is the next) and those behind it, `count` in all.
  void SpoilReads(uint32_t n, uint32_t count = 1);

  base::Result<uint16_t> Read(uint8_t phy, uint8_t reg) override;
  base::Status Write(uint8_t phy, uint8_t reg, uint16_t value) override;
  uint32_t reads() const { return reads_; }

 private:
  // nullptr: nobody answers.
  PhyModel* Find(uint8_t phy) const;

  std::array<PhyModel*, drivers::kPhyAddresses> phys_{};
  MdioFault fault_ = MdioFault::kNone;
  uint32_t reads_ = 0;
  uint32_t spoil_from_ = 0;
  uint32_t spoil_count_ = 0;
};

}  // namespace test
