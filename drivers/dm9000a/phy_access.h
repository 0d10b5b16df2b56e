// The management bus to the internal PHY, which stands behind four registers of the MAC.
#pragma once

#include <cstdint>

#include "drivers/bus.h"
#include "drivers/index_data_bus.h"

namespace drivers {

// Addresses other than 1 are empty: of the management lines nothing leaves the chip.
class Dm9000aPhyAccess final : public MdioBus {
 public:
  static constexpr uint8_t kInternalPhy = 1;

  // `timeouts` counts accesses that did not finish; it and `bus` outlive this object.
  Dm9000aPhyAccess(IndexDataBus& bus, uint32_t& timeouts) : bus_(bus), timeouts_(timeouts) {}

  base::Result<uint16_t> Read(uint8_t phy, uint8_t reg) override;
  base::Status Write(uint8_t phy, uint8_t reg, uint16_t value) override;

 private:
  base::Status Transfer(uint8_t reg, uint8_t direction);

  IndexDataBus& bus_;
  uint32_t& timeouts_;
};

}  // namespace drivers
