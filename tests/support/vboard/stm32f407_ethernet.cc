// The Ethernet of the virtual STM32F407.
#include "tests/support/vboard/stm32f407.h"

namespace test {

void Stm32f407::AddEthernet() {
  ethernet_.emplace(Ethernet::Parts{.clock = *this,
                                    .rcc = rcc_,
                                    .syscfg = syscfg_,
                                    .ports = gpios_,
                                    .ram_base = kRamBase,
                                    .ram = ram_,
                                    .violations = violations_});
  bus_.Add({.name = "ETH",
            .base = Ethernet::kBase,
            .size = stm32_eth::kBlockSize,
            .peripheral = &ethernet_->mac(),
            .enable_register = Rcc::kAhb1Enable,
            .enable_bit = 25,
            .interrupt = Ethernet::kInterrupt});
}

}  // namespace test
