// The MAC's own registers, which stand behind a command/data pair of the bus, and the management
// bus that stands behind two of those.
#pragma once

#include <cstdint>

#include "drivers/bus.h"
#include "stack/base/result.h"

namespace drivers {

class MacCsr final : public MdioBus {
 public:
  // `timeouts` counts accesses that did not finish; it and `bus` outlive this object.
  MacCsr(RegisterBus& bus, uint32_t& timeouts) : bus_(bus), timeouts_(timeouts) {}

  // kDeadlineExceeded: MAC_CSR_CMD.CSR_BUSY stayed set.
  base::Result<uint32_t> ReadMac(uint8_t index);
  base::Status WriteMac(uint8_t index, uint32_t value);

  base::Result<uint16_t> Read(uint8_t phy, uint8_t reg) override;
  base::Status Write(uint8_t phy, uint8_t reg, uint16_t value) override;

 private:
  base::Status WaitForCsr();
  base::Status WaitForMii();
  base::Status StartMii(uint8_t phy, uint8_t reg, uint32_t direction);

  RegisterBus& bus_;
  uint32_t& timeouts_;
};

}  // namespace drivers
