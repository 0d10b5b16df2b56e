// What all control channels of a board have in common.
#pragma once

#include <cstddef>

namespace agent {

// Encoded bytes that a channel keeps without being read, unless the board says otherwise: what the
// host may have in flight.
inline constexpr size_t kChannelReceiveRing = 4096;

}  // namespace agent
