// A lookup by the board's resolver, for the command and for bring-up.
#pragma once

#include "host-cli/context.h"
#include "protocol/methods.h"

namespace netctl {

// kFailed with the reason when no address was found.
Expected<protocol::DnsAnswer> LookUp(Context& context, const protocol::DnsRequest& request);

}  // namespace netctl
