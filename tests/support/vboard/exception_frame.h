// Exception entry and return: the stack frame, EXC_RETURN, the change of stack and mode (ARMv7-M
// B1.5.6 to B1.5.8). With floating-point context the registers are stored at once, never lazily.
//
//   sp ->  r0 r1 r2 r3 r12 lr pc xpsr   [ s0 .. s15 fpscr reserved ]   [ 4 bytes to align to 8 ]
#pragma once

#include <cstdint>

#include "tests/support/vboard/cortex_m_cpu.h"
#include "tests/support/vprobe/target.h"

namespace test {

// Goes from the code that runs to the handler whose address stands at `vector`; the frame has the
// PC as it is now. False: the stack or the vector cannot be accessed.
bool EnterException(CortexMCpu& cpu, TargetBus& memory, uint32_t exception, uint32_t vector);

// The handler branched to `exc_return`. False: the value is none that ARMv7-M has, or the stack
// cannot be accessed.
bool ReturnFromException(CortexMCpu& cpu, TargetBus& memory, uint32_t exc_return);

// Whether code in Thread mode goes on after it.
constexpr bool ReturnsToThread(uint32_t exc_return) { return (exc_return & 0x8) != 0; }

}  // namespace test
