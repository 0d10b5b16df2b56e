// The core's own registers (ARMv7-M Architecture Reference Manual, B3): interrupts, sleep, reset.
#pragma once

#include <cstdint>

namespace agent::cortex_m {

template <uintptr_t kAddress>
inline volatile uint32_t& Register() {
  return *reinterpret_cast<volatile uint32_t*>(kAddress);
}

// System control block, B3.2.
inline volatile uint32_t& Vtor() { return Register<0xe000ed08>(); }
inline volatile uint32_t& Aircr() { return Register<0xe000ed0c>(); }
inline volatile uint32_t& Shcsr() { return Register<0xe000ed24>(); }
inline volatile uint32_t& Cfsr() { return Register<0xe000ed28>(); }
inline volatile uint32_t& Hfsr() { return Register<0xe000ed2c>(); }
inline volatile uint32_t& Mmfar() { return Register<0xe000ed34>(); }
inline volatile uint32_t& Bfar() { return Register<0xe000ed38>(); }

// Memory protection unit, B3.5.
inline volatile uint32_t& MpuControl() { return Register<0xe000ed94>(); }
inline volatile uint32_t& MpuRegionNumber() { return Register<0xe000ed98>(); }
inline volatile uint32_t& MpuRegionBase() { return Register<0xe000ed9c>(); }
inline volatile uint32_t& MpuRegionAttributes() { return Register<0xe000eda0>(); }

inline constexpr uint32_t kMpuEnable = 1 << 0;
inline constexpr uint32_t kMpuDefaultMap = 1 << 2;  // what no region names is as without the MPU
inline constexpr uint32_t kMpuRegionEnable = 1 << 0;
inline constexpr uint32_t kMpuRegionNoExecute = 1
                                                << 28;  // with access permission 0: nothing at all
// The size field of a region of 2^(n + 1) bytes.
constexpr uint32_t MpuRegionSize(uint32_t n) { return n << 1; }

inline constexpr uint32_t kAircrKey = 0x05fa'0000;
inline constexpr uint32_t kAircrSystemReset = 1 << 2;
inline constexpr uint32_t kShcsrFaultEnables = 7 << 16;  // usage, bus and memory management fault
inline constexpr uint32_t kCfsrMmfarValid = 1 << 7;
inline constexpr uint32_t kCfsrBfarValid = 1 << 15;

// NVIC, B3.4. `interrupt` is the number of the device's line, from 0.
inline void EnableInterrupt(uint32_t interrupt) {
  (&Register<0xe000e100>())[interrupt / 32] = 1u << (interrupt % 32);
}
// The barrier makes sure that the handler does not run once more after the return.
inline void DisableInterrupt(uint32_t interrupt) {
  (&Register<0xe000e180>())[interrupt / 32] = 1u << (interrupt % 32);
  asm volatile("dsb\n\tisb" : : : "memory");
}

// Sleeps until an enabled interrupt is pending. Works with PRIMASK set: the interrupt ends the
// sleep and is taken when PRIMASK is cleared, so a wake-up between check and sleep is not lost.
inline void WaitForInterrupt() { asm volatile("dsb\n\twfi\n\tisb" : : : "memory"); }

// Restarts the chip as its reset pin would; RAM keeps its content.
[[noreturn]] inline void ResetSystem() {
  asm volatile("dsb" : : : "memory");
  Aircr() = kAircrKey | kAircrSystemReset;
  asm volatile("dsb" : : : "memory");
  for (;;) {
    asm volatile("nop");
  }
}

}  // namespace agent::cortex_m
