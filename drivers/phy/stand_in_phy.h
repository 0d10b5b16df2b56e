// A PHY for MACs that have none: the simulated board's, and those of emulators without management
// registers. Clause-22 registers whose negotiation is done at once, with a partner that can do all.
#pragma once

#include <cstdint>

#include "drivers/bus.h"

namespace drivers {

class StandInPhy final : public MdioBus {
 public:
  static constexpr uint8_t kAddress = 1;
  static constexpr uint32_t kId = 0x4e540010;  // of no vendor: the generic row of the PHY table

  base::Result<uint16_t> Read(uint8_t phy, uint8_t reg) override;
  base::Status Write(uint8_t phy, uint8_t reg, uint16_t value) override;

  bool loopback() const;

 private:
  uint16_t control_ = 0x1000;    // BMCR: negotiate
  uint16_t advertise_ = 0x05e1;  // ANAR: 10 and 100 Mbit/s, both duplexes, pause
};

}  // namespace drivers
