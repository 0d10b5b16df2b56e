// After flashing: does the agent that was flashed answer?
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "host-cli/context.h"
#include "host-cli/message_port.h"

namespace netctl {

// Connects over `channel_url`, again for a few seconds while the agent starts, and compares its
// build id with `expected_build_id` where that is given. What OpenPort fails with; kFlash when
// another build answers.
Expected<Peer> CheckAgent(Context& context, const std::string& channel_url,
                          std::optional<uint64_t> expected_build_id);

}  // namespace netctl
