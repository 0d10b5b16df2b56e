// Getting a lease, for the command and for bring-up.
#pragma once

#include <functional>

#include "host-cli/context.h"
#include "protocol/methods.h"

namespace netctl {

// Runs DHCP from its beginning; `on_step` sees each exchange. kFailed with the reason when no lease
// came within `wait`.
Expected<protocol::DhcpLease> GetLease(
    Context& context, uint8_t interface, base::Duration wait,
    const std::function<void(const protocol::DhcpStepInfo&)>& on_step);

}  // namespace netctl
