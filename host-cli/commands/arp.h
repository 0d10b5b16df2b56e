// ARP probes, for the command and for bring-up.
#pragma once

#include <functional>

#include "host-cli/context.h"
#include "protocol/methods.h"

namespace netctl {

struct ArpProbeResult {
  uint32_t sent = 0;
  uint32_t replies = 0;
  protocol::ArpReply last{};
};

Expected<ArpProbeResult> ProbeArp(Context& context, const protocol::ArpProbeRequest& request,
                                  const std::function<void(const protocol::ArpReply&)>& on_reply);

}  // namespace netctl
