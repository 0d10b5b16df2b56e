// Addresses and interrupt lines of the STM32F405/407 that its boards share (RM0090 table 1 and
// table 61). The names are those of the manual.
#pragma once

#include <cstddef>
#include <cstdint>

namespace agent::stm32f4 {

inline constexpr uintptr_t kTim2 = 0x4000'0000;
inline constexpr uintptr_t kUsart3 = 0x4000'4800;
inline constexpr uintptr_t kPwr = 0x4000'7000;
inline constexpr uintptr_t kSyscfg = 0x4001'3800;
inline constexpr uintptr_t kGpioA = 0x4002'0000;
inline constexpr uintptr_t kGpioB = 0x4002'0400;
inline constexpr uintptr_t kGpioC = 0x4002'0800;
inline constexpr uintptr_t kGpioD = 0x4002'0c00;
inline constexpr uintptr_t kRcc = 0x4002'3800;
inline constexpr uintptr_t kFlashInterface = 0x4002'3c00;
inline constexpr uintptr_t kEthernet = 0x4002'8000;
inline constexpr uintptr_t kDbgmcuCr = 0xe004'2004;
inline constexpr uintptr_t kUniqueId = 0x1fff'7a10;  // 96 bits
inline constexpr size_t kUniqueIdSize = 12;
inline constexpr uintptr_t kVectors = 0x0800'0000;

inline constexpr size_t kInterrupts = 82;
inline constexpr uint32_t kTim2Interrupt = 28;
inline constexpr uint32_t kUsart3Interrupt = 39;
inline constexpr uint32_t kEthernetInterrupt = 61;

// Bits of RCC_AHB1ENR, RCC_APB1ENR and RCC_APB2ENR.
inline constexpr uint32_t kGpioAClock = 1u << 0;
inline constexpr uint32_t kGpioBClock = 1u << 1;
inline constexpr uint32_t kGpioCClock = 1u << 2;
inline constexpr uint32_t kGpioDClock = 1u << 3;
inline constexpr uint32_t kTim2Clock = 1u << 0;
inline constexpr uint32_t kUsart3Clock = 1u << 18;
inline constexpr uint32_t kSyscfgClock = 1u << 14;

inline volatile uint32_t& Register(uintptr_t base, uint32_t offset) {
  return *reinterpret_cast<volatile uint32_t*>(base + offset);
}

}  // namespace agent::stm32f4
