// The debugger's registers of a Cortex-M4 without FPU on its private peripheral bus (ARMv7-M C1):
// system control space, FPB, DWT and the ROM table, over a TargetCore.
#pragma once

#include <array>
#include <cstdint>
#include <map>

#include "tests/support/vprobe/target.h"

namespace test {

inline constexpr uint32_t kPrivatePeripheralBus = 0xe0000000;
inline constexpr uint32_t kPrivatePeripheralBusEnd = 0xe0100000;
inline constexpr uint32_t kRomTable = 0xe00ff000;

inline constexpr uint32_t kDhcsr = 0xe000edf0;
inline constexpr uint32_t kDcrsr = 0xe000edf4;
inline constexpr uint32_t kDcrdr = 0xe000edf8;
inline constexpr uint32_t kDemcr = 0xe000edfc;
inline constexpr uint32_t kDfsr = 0xe000ed30;
inline constexpr uint32_t kAircr = 0xe000ed0c;
inline constexpr uint32_t kFpCtrl = 0xe0002000;
inline constexpr uint32_t kFpComp0 = 0xe0002008;

// Bits of DHCSR (C1.6.2), DFSR (B3.2.17) and DEMCR (C1.6.5).
inline constexpr uint32_t kDhcsrKey = 0xa05f0000;
inline constexpr uint32_t kDebugEnable = 1u << 0;
inline constexpr uint32_t kHaltRequest = 1u << 1;
inline constexpr uint32_t kStepRequest = 1u << 2;
inline constexpr uint32_t kRegisterReady = 1u << 16;
inline constexpr uint32_t kHalted = 1u << 17;
inline constexpr uint32_t kResetSeen = 1u << 25;
inline constexpr uint32_t kDfsrHalted = 1u << 0;
inline constexpr uint32_t kDfsrBreakpoint = 1u << 1;
inline constexpr uint32_t kDfsrVectorCatch = 1u << 3;
inline constexpr uint32_t kCatchReset = 1u << 0;
// AIRCR (B3.2.6).
inline constexpr uint32_t kAircrKey = 0x05fa0000;
inline constexpr uint32_t kSystemResetRequest = 1u << 2;
inline constexpr uint32_t kVectorReset = 1u << 0;

class DebugRegisters {
 public:
  explicit DebugRegisters(TargetCore& core) : core_(core) {}

  // Whether this model answers at `address`; the rest of the private peripheral bus belongs to the
  // vendor, and a TargetBus.
  static bool Owns(uint32_t address);

  // Aligned words that Owns() said yes to. What is not modelled reads as zero or as written.
  uint32_t Read(uint32_t address);
  void Write(uint32_t address, uint32_t value);

  // SYSRESETREQ, or the edge of the reset pin. Debug registers survive (C1.4.1).
  void Reset();
  uint64_t resets() const { return resets_; }
  // Power comes back: nothing survives.
  void PowerUp();

 private:
  static constexpr uint32_t kComparators = 8;  // 6 of code, 2 of literals

  uint32_t ReadDhcsr();
  void WriteDhcsr(uint32_t value);
  void WriteDcrsr(uint32_t value);
  uint32_t ReadDfsr();
  void ApplyBreakpoints();
  uint32_t ReadFpb(uint32_t offset) const;
  void WriteFpb(uint32_t offset, uint32_t value);

  TargetCore& core_;
  uint32_t control_ = 0;  // the low half of DHCSR
  uint32_t dcrdr_ = 0;
  uint32_t demcr_ = 0;
  uint32_t dfsr_ = 0;
  uint64_t resets_ = 0;
  bool reset_seen_ = true;
  bool breakpoints_on_ = false;
  std::array<uint32_t, kComparators> comparators_{};
  std::map<uint32_t, uint32_t> others_;  // registers that only remember
};

}  // namespace test
