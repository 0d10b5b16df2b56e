// QEMU's mps2-an386 board with real firmware. What the AP sees is its PSRAM (16 MiB at 0x21000000),
// the very memory of the running guest; every other address is a bus error. Halt, resume and reset
// go through QEMU's monitor. Registers of the halted core can be read; writing them, breakpoints
// and single steps have no effect.
#pragma once

#include <memory>

#include "tests/support/vprobe/targets.h"

namespace test {

// Argument: an image, or nothing for the agent of this build (NETCTL_FIRMWARE_DIR, or
// ../firmware beside the program's folder).
std::unique_ptr<Target> MakeQemuTarget(const TargetSettings& settings);

}  // namespace test
