// The MDIO bench, for the command and for bring-up.
#pragma once

#include "host-cli/context.h"
#include "protocol/methods.h"

namespace netctl {

struct MdioBench {
  uint32_t reads = 0;
  uint32_t deviations = 0;
  uint32_t failures = 0;
  uint16_t last_deviation = 0;
  uint64_t duration_us = 0;
  bool good() const { return reads != 0 && deviations == 0 && failures == 0; }
  double read_us() const { return reads == 0 ? 0 : static_cast<double>(duration_us) / reads; }
};

// Reads the PHY's identifier `reads` times and compares.
Expected<MdioBench> BenchMdio(Context& context, uint8_t interface, const protocol::PhyFound& phy,
                              uint32_t reads);

}  // namespace netctl
