// The debug probes that are plugged in.
#pragma once

#include <vector>

#include "host-cli/error.h"
#include "host-cli/probe/probe_info.h"

namespace netctl {

enum class AccessCheck : uint8_t { kNo, kYes };

// In the order of their locations. With kYes each is opened for a moment, to say whether it can be.
// kChannel: no USB here.
Expected<std::vector<ProbeInfo>> ListProbes(AccessCheck check);

}  // namespace netctl
