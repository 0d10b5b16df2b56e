// Reset of a Cortex-M through its system control space (ARMv7-M, DDI 0403E, B1.5.16 and C1.6).
#pragma once

#include "host-cli/probe/mem_ap.h"

namespace netctl {

// As TargetMemory::Reset. kUnreachable: the reset did not happen within about a second, or the
// target did not come back.
MemoryResult<void> ResetCortexM(MemAp& memory, ResetKind kind);

}  // namespace netctl
