#include "agent/boards/stm32f4-rmii/rmii.h"

#include "agent/stm32f4/chip.h"
#include "agent/stm32f4/pins.h"
#include "agent/stm32f4/rcc.h"

namespace agent::stm32f4 {
namespace {

// DS8626 table 9: alternate function 11. TX_EN, TXD0 and TXD1 could also be PG11, PG13 and PG14 on
// packages that have them.
constexpr uint32_t kEthernetFunction = 11;
constexpr Pin kRmiiPins[] = {
    {kGpioA, 1},   // REF_CLK
    {kGpioA, 2},   // MDIO
    {kGpioA, 7},   // CRS_DV
    {kGpioB, 11},  // TX_EN
    {kGpioB, 12},  // TXD0
    {kGpioB, 13},  // TXD1
    {kGpioC, 1},   // MDC
    {kGpioC, 4},   // RXD0
    {kGpioC, 5},   // RXD1
};

volatile uint32_t& Ahb1Reset() { return Register(kRcc, 0x10); }  // RM0090 7.3.5
constexpr uint32_t kMacReset = 1u << 25;
constexpr uint32_t kMacClocks = 1u << 25 | 1u << 26 | 1u << 27;  // MAC, TX, RX; 7.3.10

volatile uint32_t& SyscfgPmc() { return Register(kSyscfg, 0x04); }
constexpr uint32_t kSelectRmii = 1u << 23;

}  // namespace

void ConnectRmii() {
  EnableClocks({.ahb1 = kGpioAClock | kGpioBClock | kGpioCClock, .apb2 = kSyscfgClock});
  // 9.2.2: while the MAC is under reset and before its clocks run.
  Ahb1Reset() = Ahb1Reset() | kMacReset;
  SyscfgPmc() = SyscfgPmc() | kSelectRmii;
  // The write is through when it can be read back; APB2 is slower than the MAC's bus.
  static_cast<void>(static_cast<uint32_t>(SyscfgPmc()));
  for (const Pin& pin : kRmiiPins) {
    ConnectPin(pin, kEthernetFunction, Pull::kNone, Slew::kVeryHigh);
  }
  EnableClocks({.ahb1 = kMacClocks});
  Ahb1Reset() = Ahb1Reset() & ~kMacReset;
}

}  // namespace agent::stm32f4
