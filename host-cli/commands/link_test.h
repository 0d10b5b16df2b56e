// The link test, for the command and for bring-up.
#pragma once

#include <set>

#include "host-cli/context.h"
#include "protocol/methods.h"

namespace netctl {

struct LinkTestTotals {
  uint32_t sent = 0;
  uint32_t received = 0;
  uint32_t corrupted = 0;
  uint64_t duration_us = 0;
  std::set<uint16_t> sizes;
  bool good() const { return sent != 0 && received == sent && corrupted == 0; }
};

// Boundary sizes, every pattern. `frames` of each, 1 to 1000.
protocol::LinkTestRequest MakeLinkTestRequest(uint8_t interface, protocol::LinkTestPath path,
                                              uint16_t frames);

// Runs the job to its end and shows what went wrong on the way.
Expected<LinkTestTotals> RunLinkTest(Context& context, const protocol::LinkTestRequest& request);

}  // namespace netctl
