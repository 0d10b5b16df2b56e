// Facts of the LM3S6965 and of TI's evaluation board with it (LM3S6965 data sheet), which QEMU
// emulates as lm3s6965evb.
#pragma once

#include <cstdint>
#include <string_view>

namespace agent::lm3s {

inline constexpr std::string_view kBoardName = "qemu-lm3s6965evb";
inline constexpr uint32_t kClockHz = 50'000'000;  // core and peripherals

inline constexpr uintptr_t kWatchdog = 0x4000'0000;  // the clock
inline constexpr uintptr_t kGpioA = 0x4000'4000;
inline constexpr uintptr_t kUart0 = 0x4000'c000;  // the channel to the host
inline constexpr uintptr_t kGpioF = 0x4002'5000;
inline constexpr uintptr_t kTimer0 = 0x4003'0000;  // the alarm
inline constexpr uintptr_t kEthernet = 0x4004'8000;
inline constexpr uintptr_t kSystemControl = 0x400f'e000;

// Table 2-9.
inline constexpr uint32_t kUart0Interrupt = 5;
inline constexpr uint32_t kTimer0Interrupt = 19;
inline constexpr uint32_t kEthernetInterrupt = 42;
inline constexpr uint32_t kInterrupts = 44;

inline constexpr uint32_t kUartBaud = 115'200;  // QEMU does not pace by it

}  // namespace agent::lm3s
