// What stands behind the virtual probe: memory and a core, whatever they are made of.
#pragma once

#include <cstdint>
#include <span>

namespace test {

// The bus that an AHB-AP is a master of. The private peripheral bus of the core (0xe0000000 and up)
// is not behind it: the debug model answers there.
class TargetBus {
 public:
  virtual ~TargetBus() = default;

  // `width` is 1, 2 or 4 bytes, the address a multiple of it. False: bus error.
  virtual bool Read(uint32_t address, uint32_t width, uint32_t& value) = 0;
  virtual bool Write(uint32_t address, uint32_t width, uint32_t value) = 0;
};

// The debugger's grip on a Cortex-M core. Calls come from one thread.
class TargetCore {
 public:
  virtual ~TargetCore() = default;

  // Lets the core run for a while (at most about a millisecond) if it is one that needs it; called
  // whenever the probe has nothing to do. True: it wants to be called again at once.
  virtual bool RunSlice() = 0;

  virtual void Halt() = 0;
  virtual void Resume() = 0;
  // One instruction; the core is halted before and after.
  virtual void Step() = 0;
  // Also true after a breakpoint.
  virtual bool halted() = 0;
  // It stopped at a breakpoint or BKPT instruction since the last call (DFSR.BKPT).
  virtual bool TakeBreakpointHit() = 0;

  // Of a halted core, numbered as DCRSR.REGSEL does (ARMv7-M C1.6.3): 0 to 15, 16 xPSR, 17 MSP, 18
  // PSP, 20 CONTROL, FAULTMASK, BASEPRI and PRIMASK in one word.
  virtual uint32_t ReadRegister(uint32_t number) = 0;
  virtual void WriteRegister(uint32_t number, uint32_t value) = 0;

  // Addresses of the enabled comparators of the FPB.
  virtual void SetBreakpoints(std::span<const uint32_t> addresses) = 0;

  // SYSRESETREQ, or the reset pin. With `halt` it stops before its first instruction.
  virtual void Reset(bool halt) = 0;
};

}  // namespace test
