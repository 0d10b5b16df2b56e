// The virtual STM32F407 as a target of the virtual probe.
#pragma once

#include <memory>

#include "tests/support/vprobe/targets.h"

namespace test {

// "[IMAGE][:flash=FILE]", or "flash=FILE" alone: what the flash holds at first (ELF or raw; without
// it, it is erased or as FILE has it), and the file that keeps it. Throws std::exception for a file
// that cannot be used. What the firmware violates is told on stderr at the end.
std::unique_ptr<Target> MakeStm32f407Target(const TargetSettings& settings);

}  // namespace test
