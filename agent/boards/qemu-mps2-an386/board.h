// Facts of QEMU's machine mps2-an386 (Arm MPS2 with the AN386 image: Cortex-M4), from Arm's
// application note AN386 and the CMSDK technical reference manual, ARM DDI 0479.
#pragma once

#include <cstdint>
#include <string_view>

namespace agent::mps2 {

inline constexpr std::string_view kBoardName = "qemu-mps2-an386";
inline constexpr uint32_t kClockHz = 25'000'000;  // core and peripherals

inline constexpr uintptr_t kTimer0 = 0x4000'0000;  // the clock
inline constexpr uintptr_t kTimer1 = 0x4000'1000;  // the alarm
inline constexpr uintptr_t kUart0 = 0x4000'4000;   // the channel to the host
inline constexpr uintptr_t kEthernet = 0x4020'0000;

inline constexpr uint32_t kUart0ReceiveInterrupt = 0;
inline constexpr uint32_t kUart0TransmitInterrupt = 1;
inline constexpr uint32_t kTimer1Interrupt = 9;
inline constexpr uint32_t kEthernetInterrupt = 13;

inline constexpr uint32_t kUartBaud = 115'200;  // QEMU does not pace by it
inline constexpr uint8_t kPhyAddress = 1;       // internal to the LAN9118

// Addresses of the LAN9118's register dump: MAC registers 2 and 3.
inline constexpr uint32_t kMacAddressHigh = 0x102;
inline constexpr uint32_t kMacAddressLow = 0x103;

}  // namespace agent::mps2
