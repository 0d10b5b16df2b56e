// IPv4 addresses as people type them.
#pragma once

#include <string_view>

#include "stack/base/address.h"
#include "stack/base/result.h"

namespace agent {

// "192.0.2.1": four decimal numbers of at most 255 without leading zeros (which others read as
// octal). kInvalidArgument: anything else.
base::Result<base::Ipv4Address> ParseIpv4Address(std::string_view text);

}  // namespace agent
