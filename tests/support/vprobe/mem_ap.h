// AHB access port of a Cortex-M4 (ADIv5.2 C2, Cortex-M4 TRM 8.3).
#pragma once

#include <cstdint>

#include "tests/support/vprobe/debug_registers.h"
#include "tests/support/vprobe/target.h"

namespace test {

inline constexpr uint8_t kApCsw = 0x00;
inline constexpr uint8_t kApTar = 0x04;
inline constexpr uint8_t kApDrw = 0x0c;
inline constexpr uint8_t kApBankedData = 0x10;
inline constexpr uint8_t kApBase = 0xf8;
inline constexpr uint8_t kApIdr = 0xfc;

class MemAp {
 public:
  // The address increments within blocks of `wrap` bytes: 1 KiB is what ADIv5 promises, this AP has
  // 4 KiB and OpenOCD knows it.
  MemAp(TargetBus& bus, DebugRegisters& debug, uint32_t wrap)
      : bus_(bus), debug_(debug), wrap_(wrap) {}

  // Registers 0 to 0xfc. False: bus error, or locked.
  bool Read(uint8_t address, uint32_t& value);
  bool Write(uint8_t address, uint32_t value);

  // A locked one refuses everything.
  void set_locked(bool locked) { locked_ = locked; }
  void PowerUp();

 private:
  enum class Increment : uint8_t { kOff, kSingle, kPacked };

  uint32_t width() const { return 1u << (csw_ & 3); }
  Increment increment() const { return static_cast<Increment>((csw_ >> 4) & 3); }
  // Through DRW: byte lanes, packing and the increment of TAR (C2.2.2 to C2.2.6).
  bool Transfer(bool read, uint32_t& value);
  bool Access(bool read, uint32_t address, uint32_t width, uint32_t& value);

  TargetBus& bus_;
  DebugRegisters& debug_;
  uint32_t wrap_;
  uint32_t csw_ = 0x03000042;
  uint32_t tar_ = 0;
  bool locked_ = false;
};

}  // namespace test
