// Facts of the board: an STM32F407 with an 8 MHz crystal and a PHY on RMII (RM0090; DS8626 for pins
// and memory). The names are those of the manual.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace agent::stm32f4 {

inline constexpr std::string_view kBoardName = "stm32f4-rmii";

inline constexpr uintptr_t kTim2 = 0x4000'0000;
inline constexpr uintptr_t kUsart3 = 0x4000'4800;
inline constexpr uintptr_t kPwr = 0x4000'7000;
inline constexpr uintptr_t kGpioD = 0x4002'0c00;
inline constexpr uintptr_t kRcc = 0x4002'3800;
inline constexpr uintptr_t kFlashInterface = 0x4002'3c00;
inline constexpr uintptr_t kDbgmcuCr = 0xe004'2004;
inline constexpr uintptr_t kUniqueId = 0x1fff'7a10;  // 96 bits
inline constexpr size_t kUniqueIdSize = 12;
inline constexpr uintptr_t kVectors = 0x0800'0000;

inline constexpr size_t kInterrupts = 82;
inline constexpr uint32_t kTim2Interrupt = 28;
inline constexpr uint32_t kUsart3Interrupt = 39;

inline constexpr uint32_t kUartBaud = 115'200;

// USART3 on PD8 (TX) and PD9 (RX), alternate function 7: RMII needs PB11, the other place of its
// RX, for TX_EN, and PA2, a place of USART2's TX, for MDIO.
inline constexpr uint32_t kUartTxPin = 8;
inline constexpr uint32_t kUartRxPin = 9;
inline constexpr uint32_t kUartAlternateFunction = 7;

}  // namespace agent::stm32f4
