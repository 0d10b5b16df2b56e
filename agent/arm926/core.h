// The core's own instructions and system registers (ARM926EJ-S TRM, chapter 2, which
// names the registers of coprocessor 15 c0 to c15).
#pragma once

#include <cstdint>

namespace agent::arm926 {

inline constexpr uint32_t kInterruptsOff = 0x80;  // the I bit of CPSR

inline uint32_t ReadCpsr() {
  uint32_t cpsr;
  asm volatile("mrs %0, cpsr" : "=r"(cpsr) : : "memory");
  return cpsr;
}
inline void WriteCpsrControl(uint32_t cpsr) {
  asm volatile("msr cpsr_c, %0" : : "r"(cpsr) : "memory");
}

// Once the interrupt controller has been told which lines count.
inline void EnableInterrupts() { WriteCpsrControl(ReadCpsr() & ~kInterruptsOff); }

// All writes are in memory, or at their device, afterwards (c7).
inline void DrainWriteBuffer() { asm volatile("mcr p15, 0, %0, c7, c10, 4" : : "r"(0) : "memory"); }

// Sleeps until an interrupt is pending, also one that CPSR holds back (c7).
inline void WaitForInterrupt() {
  DrainWriteBuffer();
  asm volatile("mcr p15, 0, %0, c7, c0, 4" : : "r"(0) : "memory");
}

// Why and where an access failed (c5 and c6).
inline uint32_t DataFaultStatus() {
  uint32_t status;
  asm volatile("mrc p15, 0, %0, c5, c0, 0" : "=r"(status));
  return status;
}
inline uint32_t InstructionFaultStatus() {
  uint32_t status;
  asm volatile("mrc p15, 0, %0, c5, c0, 1" : "=r"(status));
  return status;
}
inline uint32_t FaultAddress() {
  uint32_t address;
  asm volatile("mrc p15, 0, %0, c6, c0, 0" : "=r"(address));
  return address;
}

}  // namespace agent::arm926
