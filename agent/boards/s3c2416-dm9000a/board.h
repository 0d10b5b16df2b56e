// Facts of the board: an S3C2416 with a 12 MHz crystal and a DM9000A on 16 data lines of the static
// memory bank 1, CMD on address line 2, INT on EINT7 (S3C2416X user's manual). The names are those
// of the manual.
#pragma once

#include <cstdint>
#include <string_view>

namespace agent::s3c2416 {

inline constexpr std::string_view kBoardName = "s3c2416-dm9000a";
inline constexpr uint32_t kCrystalHz = 12'000'000;
inline constexpr uint32_t kUartBaud = 115'200;

inline constexpr uintptr_t kEthernetIndex = 0x0800'0000;
inline constexpr uintptr_t kEthernetData = 0x0800'0004;

inline constexpr uintptr_t kInterruptController = 0x4a00'0000;
inline constexpr uintptr_t kSystemController = 0x4c00'0000;
inline constexpr uintptr_t kBusMatrix = 0x4e80'0000;
inline constexpr uintptr_t kStaticMemory = 0x4f00'0000;
inline constexpr uintptr_t kUart0 = 0x5000'0000;
inline constexpr uintptr_t kPwmTimers = 0x5100'0000;
inline constexpr uintptr_t kWatchdog = 0x5300'0000;
inline constexpr uintptr_t kPorts = 0x5600'0000;

// Lines of the interrupt controller (chapter 9).
inline constexpr uint32_t kEint4To7Interrupt = 4;
inline constexpr uint32_t kTimer4Interrupt = 14;
inline constexpr uint32_t kUart0Interrupt = 28;
inline constexpr uint32_t kUart0ReceiveSubSource = 0;

template <uintptr_t kAddress>
inline volatile uint32_t& Register() {
  return *reinterpret_cast<volatile uint32_t*>(kAddress);
}

}  // namespace agent::s3c2416
