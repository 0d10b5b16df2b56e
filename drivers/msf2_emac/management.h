// The management unit of SmartFusion2's Ethernet MAC (UG0331, MII_CONFIG to MII_INDICATORS).
#pragma once

#include <cstdint>

#include "drivers/bus.h"
#include "stack/base/result.h"

namespace drivers {

class Msf2Management final : public MdioBus {
 public:
  // `timeouts` counts accesses that did not finish; it and `bus` outlive this object.
  Msf2Management(RegisterBus& bus, uint32_t& timeouts) : bus_(bus), timeouts_(timeouts) {}

  base::Result<uint16_t> Read(uint8_t phy, uint8_t reg) override;
  base::Status Write(uint8_t phy, uint8_t reg, uint16_t value) override;

 private:
  base::Status Wait(uint32_t bits);

  RegisterBus& bus_;
  uint32_t& timeouts_;
};

}  // namespace drivers
