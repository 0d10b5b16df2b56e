// The management bus of the STM32F4's Ethernet MAC (RM0090 33.4.1). It runs on HCLK alone, so it
// works without the 50 MHz clock of RMII.
#pragma once

#include <cstdint>

#include "drivers/bus.h"
#include "stack/base/result.h"

namespace drivers {

class Stm32Mdio final : public MdioBus {
 public:
  // `timeouts` counts accesses that did not finish; it and `bus` outlive this object. `hclk_hz` is
  // what the AHB runs at.
  Stm32Mdio(RegisterBus& bus, uint32_t hclk_hz, uint32_t& timeouts);

  base::Result<uint16_t> Read(uint8_t phy, uint8_t reg) override;
  base::Status Write(uint8_t phy, uint8_t reg, uint16_t value) override;

 private:
  base::Status Prepare(uint8_t phy, uint8_t reg);
  base::Status Run(uint8_t phy, uint8_t reg, uint32_t direction);
  base::Status WaitUntilIdle();

  RegisterBus& bus_;
  const uint32_t clock_range_;
  uint32_t& timeouts_;
};

}  // namespace drivers
