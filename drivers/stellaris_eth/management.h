// The management unit of the Stellaris Ethernet controller (LM3S6965 data sheet, 16.3.2.1), which
// reaches the PHY of the chip and no other.
#pragma once

#include <cstdint>

#include "drivers/bus.h"
#include "stack/base/result.h"

namespace drivers {

class StellarisManagement final : public MdioBus {
 public:
  // Management frames carry no choice of PHY; the one there is stands here.
  static constexpr uint8_t kPhyAddress = 0;

  // `timeouts` counts accesses that did not finish; it and `bus` outlive this object.
  StellarisManagement(RegisterBus& bus, uint32_t& timeouts) : bus_(bus), timeouts_(timeouts) {}

  base::Result<uint16_t> Read(uint8_t phy, uint8_t reg) override;
  base::Status Write(uint8_t phy, uint8_t reg, uint16_t value) override;

 private:
  base::Status Wait();

  RegisterBus& bus_;
  uint32_t& timeouts_;
};

}  // namespace drivers
