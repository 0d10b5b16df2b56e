// What the boot loader made of the clocks. It has to set them before the SDRAM that holds this
// image, so they are read and not set again.
#pragma once

#include <cstdint>

namespace agent::s3c2416 {

struct Clocks {
  uint32_t core_hz;  // ARMCLK
  uint32_t hclk_hz;
  uint32_t pclk_hz;
};

// Of the registers MPLLCON, CLKSRC and CLKDIV0 (user's manual chapter 2) and the crystal.
constexpr Clocks ComputeClocks(uint32_t mpllcon, uint32_t clksrc, uint32_t clkdiv0,
                               uint32_t crystal_hz) {
  constexpr uint32_t kFromPll = 1 << 4;      // SELMPLL
  constexpr uint32_t kCoreOnHclk = 1 << 13;  // DVS
  uint32_t system_hz = crystal_hz;
  const uint32_t p = mpllcon >> 5 & 0x3f;
  if ((clksrc & kFromPll) != 0 && p != 0) {
    const uint32_t m = mpllcon >> 14 & 0x3ff;
    const uint32_t s = mpllcon & 7;
    system_hz = static_cast<uint32_t>(uint64_t{crystal_hz} * m / p >> s);
  }
  const uint32_t core_hz = system_hz / ((clkdiv0 >> 9 & 7) + 1);
  const uint32_t hclk_hz = system_hz / ((clkdiv0 >> 4 & 3) + 1) / ((clkdiv0 & 3) + 1);
  const uint32_t pclk_hz = (clkdiv0 & 4) != 0 ? hclk_hz / 2 : hclk_hz;
  return {(clkdiv0 & kCoreOnHclk) != 0 ? hclk_hz : core_hz, hclk_hz, pclk_hz};
}

// 800 MHz, by 2 for the core, by 3 and 2 for HCLK, by 2 for PCLK: what boot loaders choose.
static_assert(ComputeClocks(400 << 14 | 3 << 5 | 1, 1 << 4, 1 << 9 | 2 << 4 | 1 << 2 | 1,
                            12'000'000)
                  .core_hz == 400'000'000);
static_assert(ComputeClocks(400 << 14 | 3 << 5 | 1, 1 << 4, 1 << 9 | 2 << 4 | 1 << 2 | 1,
                            12'000'000)
                  .pclk_hz == 66'666'666);

Clocks ReadClocks();

}  // namespace agent::s3c2416
