// Facts of the board: an STM32F407VG with an 8 MHz crystal and an ENC28J60 on SPI1 (RM0090; DS8626
// table 9 for pins).
#pragma once

#include <cstdint>

#include "agent/stm32f4/chip.h"
#include "agent/stm32f4/pins.h"
#include "drivers/spi/stm32_spi.h"

namespace agent::stm32f4 {

inline constexpr Pin kSpiSelect = {kGpioA, 4};
inline constexpr Pin kSpiClock = {kGpioA, 5};
inline constexpr Pin kSpiReceive = {kGpioA, 6};   // MISO
inline constexpr Pin kSpiTransmit = {kGpioA, 7};  // MOSI
inline constexpr uint32_t kSpiFunction = 5;
inline constexpr Pin kEthernetInterrupt = {kGpioC, 4};  // low while the chip wants something
inline constexpr Pin kEthernetReset = {kGpioC, 5};      // low resets

inline constexpr uintptr_t kSpi1 = 0x4001'3000;
inline constexpr uintptr_t kDma2 = 0x4002'6400;
inline constexpr uint32_t kDma2Clock = 1u << 22;  // AHB1
inline constexpr uint32_t kSpi1Clock = 1u << 12;  // APB2
inline constexpr uint32_t kExti4Interrupt = 10;

// DS39662E table 16-6: 20 MHz, chip select 50 ns before the first clock, and 210 ns behind the last
// one where a MAC or MII register was accessed. RM0090 table 43: SPI1 on DMA2.
constexpr drivers::Stm32SpiConfig EthernetSpi(uint32_t bus_hz) {
  return {.data_register = kSpi1 + 0x0c,
          .bus_hz = bus_hz,
          .max_hz = 20'000'000,
          .setup_ns = 50,
          .hold_ns = 210,
          .select_pin = kSpiSelect.number,
          .receive_stream = 0,
          .transmit_stream = 3,
          .channel = 3};
}

// DS39662E 11.1 and table 16-4: RESET is low for 400 ns at least. The clock then needs 300 us
// (2.2).
inline constexpr uint32_t kResetLowUs = 10;
inline constexpr uint32_t kResetRecoveryUs = 1'000;

}  // namespace agent::stm32f4
