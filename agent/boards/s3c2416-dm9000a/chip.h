// The parts of the chip that are set once: clocks of devices, watch-dog, pins, the bank of the MAC.
#pragma once

#include <cstdint>

namespace agent::s3c2416 {

// The devices that this board uses get their clocks, the watch-dog stops, all interrupts are
// masked.
void QuietenChip();

void ConnectPins();

// The bus cycles of bank 1, 16 bits wide, for a DM9000A. `hclk_hz` is at most 150 MHz, else the
// pauses between cycles would be too short.
void OpenEthernetBank(uint32_t hclk_hz);

}  // namespace agent::s3c2416
