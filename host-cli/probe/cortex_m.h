// Registers of a Cortex-M core that a debugger uses (ARMv7-M C1.6).
#pragma once

#include <cstdint>

namespace netctl {

inline constexpr uint32_t kDhcsr = 0xe000'edf0;  // debug halting control and status
inline constexpr uint32_t kHalted = 1U << 17;    // S_HALT

}  // namespace netctl
