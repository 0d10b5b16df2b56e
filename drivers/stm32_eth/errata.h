// Errata of the STM32F405/407 (ES0182 rev 13, "ETH"), each a function or an assertion that is named
// after it.
#pragma once

#include <cstdint>

#include "drivers/stm32_eth/descriptors.h"
#include "drivers/stm32_eth/registers.h"

namespace drivers::stm32_eth {

// "Successive write operations to the same register might not be fully taken into account": within
// four cycles of TX_CLK or RX_CLK, 2.5 MHz at 10 Mbit/s, the MAC may miss the second one. How many
// reads of a register have to pass in between; each takes the core at least four cycles of HCLK.
constexpr uint32_t ReadsBetweenSuccessiveWrites(uint32_t hclk_hz) {
  constexpr uint32_t kSlowestClock = 2'500'000;
  constexpr uint32_t kClocks = 4;
  constexpr uint32_t kCyclesPerRead = 4;
  return hclk_hz / (kSlowestClock / kClocks * kCyclesPerRead) + 1;
}
static_assert(ReadsBetweenSuccessiveWrites(168'000'000) == 68);  // 1.6 us are 269 cycles
static_assert(ReadsBetweenSuccessiveWrites(16'000'000) == 7);    // 26 cycles

// "MAC stuck in the Idle state on receiving the TxFIFO flush command exactly 1 clock cycle after a
// transmission completes": the FIFO is emptied by a reset of the MAC alone.
static_assert((OperationMode::kWorking & OperationMode::kFlushTransmit) == 0);

// "Transmit frame data corruption" when the FIFO runs empty in mid-frame: frames leave it whole.
static_assert((OperationMode::kWorking & OperationMode::kTransmitWhole) != 0);

// "The Ethernet MAC processes invalid extension headers in the received IPv6 frames": what it says
// about checksums is believed of IPv4 alone.
constexpr bool MayBelieveChecksums(RxChecksums found) {
  constexpr uint32_t kBad =
      RxChecksums::kBypassed | RxChecksums::kPayloadError | RxChecksums::kHeaderError;
  return found.has(RxChecksums::kIpv4) && !found.has(kBad);
}
static_assert(MayBelieveChecksums({0x42}));
static_assert(!MayBelieveChecksums({0x82}));  // IPv6
static_assert(!MayBelieveChecksums({0x62}) && !MayBelieveChecksums({0x52}) &&
              !MayBelieveChecksums({0x4a}));

}  // namespace drivers::stm32_eth
