// Clocks (RM0090 chapter 7): which are on, where they come from, and why the chip was reset.
#pragma once

#include <cstdint>

#include "agent/log.h"
#include "protocol/messages/agent.h"

namespace agent::stm32f4 {

struct Clocks {
  enum class Source : uint8_t {
    kCrystal,   // 168 MHz from the 8 MHz crystal
    kInternal,  // 168 MHz from the internal oscillator (1 %), because the crystal does not swing
    kSlow,      // 16 MHz, because the PLL does not lock either
  };
  Source source;
  uint32_t core_hz;
  uint32_t apb1_hz;
  uint32_t apb1_timer_hz;
  uint32_t apb2_hz;
};

// Full speed, as far as the hardware follows; every wait is bounded.
Clocks StartClocks();

// Bits of the clock enable registers (7.3.10, 7.3.13, 7.3.14).
struct ClockEnables {
  uint32_t ahb1 = 0;
  uint32_t apb1 = 0;
  uint32_t apb2 = 0;
};
// Their peripherals may be accessed on return.
void EnableClocks(const ClockEnables& enables);

// Tells when the clock is not what the board was made for.
void LogClocks(Log& log, const Clocks& clocks, base::Instant now);

// Reads why the chip was reset and forgets it.
protocol::ResetCause TakeResetCause();

// RCC_CSR 7.3.21. The pin is driven, and its flag set, by every reset that comes from inside; a
// brown-out flag comes with every power-on.
constexpr protocol::ResetCause ResetCauseOf(uint32_t csr) {
  constexpr uint32_t kWindowWatchdog = 1u << 30;
  constexpr uint32_t kWatchdog = 1u << 29;
  constexpr uint32_t kSoftware = 1u << 28;
  constexpr uint32_t kPowerOn = 1u << 27;
  constexpr uint32_t kPin = 1u << 26;
  constexpr uint32_t kBrownOut = 1u << 25;
  if ((csr & (kPowerOn | kBrownOut)) != 0) {
    return protocol::ResetCause::kPowerOn;
  }
  if ((csr & (kWatchdog | kWindowWatchdog)) != 0) {
    return protocol::ResetCause::kWatchdog;
  }
  if ((csr & kSoftware) != 0) {
    return protocol::ResetCause::kSoftware;
  }
  return (csr & kPin) != 0 ? protocol::ResetCause::kPin : protocol::ResetCause::kUnknown;
}
static_assert(ResetCauseOf(0x0e00'0000) == protocol::ResetCause::kPowerOn);  // 7.3.21: reset value
static_assert(ResetCauseOf(0x2400'0000) == protocol::ResetCause::kWatchdog);
static_assert(ResetCauseOf(0x1400'0000) == protocol::ResetCause::kSoftware);
static_assert(ResetCauseOf(0x0400'0000) == protocol::ResetCause::kPin);
static_assert(ResetCauseOf(0) == protocol::ResetCause::kUnknown);

}  // namespace agent::stm32f4
