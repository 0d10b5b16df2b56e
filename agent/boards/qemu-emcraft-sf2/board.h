// Facts of QEMU's machine emcraft-sf2: a SmartFusion2 M2S010 (UG0331, the user guide of its
// microcontroller subsystem) on Emcraft's module, with the clocks of that machine.
#pragma once

#include <cstdint>
#include <string_view>

namespace agent::msf2 {

inline constexpr std::string_view kBoardName = "qemu-emcraft-sf2";
inline constexpr uint32_t kClockHz = 142'000'000;        // core
inline constexpr uint32_t kPeripheralHz = kClockHz / 2;  // timers and UARTs

inline constexpr uintptr_t kUart0 = 0x4000'0000;   // MMUART_0, the channel to the host
inline constexpr uintptr_t kTimer1 = 0x4000'4000;  // the clock
inline constexpr uintptr_t kTimer2 = 0x4000'4018;  // the alarm
inline constexpr uintptr_t kSystem = 0x4003'8000;  // SYSREG
inline constexpr uintptr_t kEthernet = 0x4004'1000;

inline constexpr uint32_t kUart0Interrupt = 10;
inline constexpr uint32_t kEthernetInterrupt = 12;
inline constexpr uint32_t kTimer2Interrupt = 15;
inline constexpr uint32_t kInterrupts = 82;

inline constexpr uint32_t kUartBaud = 115'200;  // QEMU does not pace by it
inline constexpr uint8_t kPhyAddress = 1;

}  // namespace agent::msf2
