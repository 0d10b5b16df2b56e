#include "agent/stm32f4/start.h"

#include <array>
#include <cstring>

#include "agent/cortex_m/core.h"
#include "agent/cortex_m/fault.h"
#include "agent/cortex_m/retained.h"
#include "agent/stm32f4/chip.h"
#include "agent/stm32f4/pins.h"
#include "agent/stm32f4/timer.h"
#include "agent/unique_mac.h"

namespace agent {
namespace stm32f4 {
namespace {

// RMII needs PB11, the other place of USART3's RX, for TX_EN, and PA2, a place of USART2's TX, for
// MDIO.
constexpr Pin kUartTx = {kGpioD, 8};
constexpr Pin kUartRx = {kGpioD, 9};
constexpr uint32_t kUartFunction = 7;

}  // namespace

Clocks StartChip() {
  // A boot loader may have left its own table there.
  cortex_m::Vtor() = kVectors;
  // DBGMCU_CR.DBG_SLEEP (RM0090 chapter 38).
  cortex_m::Register<kDbgmcuCr>() = cortex_m::Register<kDbgmcuCr>() | 1;
  const Clocks clocks = StartClocks();
  EnableClocks({.ahb1 = kGpioDClock, .apb1 = kTim2Clock | kUsart3Clock});
  StartTimer(clocks.apb1_timer_hz);
  ConnectPin(kUartTx, kUartFunction);
  // Nobody may be plugged in.
  ConnectPin(kUartRx, kUartFunction, Pull::kUp);
  return clocks;
}

Boot ReadBoot() {
  Boot boot = cortex_m::RetainedBootRecord().Begin();
  const protocol::ResetCause cause = TakeResetCause();
  if (boot.cause == protocol::ResetCause::kUnknown || cause == protocol::ResetCause::kPowerOn) {
    boot.cause = cause;
  }
  return boot;
}

base::MacAddress ReadMacAddress() {
  std::array<std::byte, kUniqueIdSize> id;
  std::memcpy(id.data(), reinterpret_cast<const void*>(kUniqueId), id.size());
  return MacOfUniqueId(id);
}

}  // namespace stm32f4

base::Instant Now() { return stm32f4::ReadClock(); }

// Past the UART driver, which may be what failed.
void cortex_m::WriteEmergencyText(std::string_view text) {
  // RM0090 30.6.
  volatile uint32_t& status = stm32f4::Register(stm32f4::kUsart3, 0x00);
  volatile uint32_t& data = stm32f4::Register(stm32f4::kUsart3, 0x04);
  constexpr uint32_t kTransmitEmpty = 1 << 7;
  constexpr uint32_t kTransmitComplete = 1 << 6;
  constexpr uint32_t kLongestByte = 1'000'000;
  for (const char c : text) {
    uint32_t waited = 0;
    while ((status & kTransmitEmpty) == 0) {
      if (++waited == kLongestByte) {
        return;  // it has no clock yet
      }
    }
    data = static_cast<uint8_t>(c);
  }
  // A reset follows: the last two characters have to be on the wire.
  for (uint32_t i = 0; i < kLongestByte && (status & kTransmitComplete) == 0; ++i) {
  }
}

}  // namespace agent
