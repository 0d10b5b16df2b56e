// Memory that a warm reset keeps.
#pragma once

#include "agent/boot_record.h"
#include "agent/rtt_port.h"

namespace agent::cortex_m {

BootRecord& RetainedBootRecord();

// What a debug probe looks for: the linker symbol _SEGGER_RTT.
RttMemory& RetainedRttMemory();

}  // namespace agent::cortex_m
