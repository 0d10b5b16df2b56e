// The STM32 Ethernet model's station management (RM0090 33.4.1): 64 bits at MDC for each access.
#include <algorithm>
#include <iterator>

#include "tests/support/stm32_eth_model.h"

namespace test {

using namespace stm32_eth;

namespace {

// MACMIIAR.CR.
struct Divider {
  uint32_t divider;
  uint32_t from_hertz;
  uint32_t to_hertz;
};
constexpr Divider kDividers[] = {{42, 60'000'000, 100'000'000},
                                 {62, 100'000'000, 150'000'000},
                                 {16, 20'000'000, 35'000'000},
                                 {26, 35'000'000, 60'000'000},
                                 {102, 150'000'000, 168'000'000}};
constexpr uint32_t kFastestMdc = 2'500'000;
constexpr uint32_t kFrameBits = 64;

uint8_t PhyOf(uint32_t value) { return static_cast<uint8_t>(value >> 11 & 0x1f); }
uint8_t RegisterOf(uint32_t value) { return static_cast<uint8_t>(value >> 6 & 0x1f); }

}  // namespace

void Stm32EthModel::SetPhyTime() { mdio_.SetTime(base::FromMicroseconds(time_ / kMicrosecond)); }

void Stm32EthModel::CheckManagementClock(uint32_t divider) {
  const uint32_t hclk = clock_.hclk();
  const Divider& row = kDividers[divider];
  if (hclk / row.divider > kFastestMdc) {
    Report("MDC is faster than 2.5 MHz");
  } else if (hclk < row.from_hertz || hclk > row.to_hertz) {
    Report("MACMIIAR.CR is not the divider for this HCLK");
  }
}

void Stm32EthModel::WriteMiiAddress(uint32_t value) {
  if (Has(kMacmiiar, kMiiBusy)) {
    Report("MACMIIAR written during an access of the PHY");
    return;
  }
  At(kMacmiiar) = value;
  if ((value & kMiiBusy) == 0) {
    return;
  }
  const uint32_t divider = value >> 2 & 7;
  if (divider >= std::size(kDividers)) {
    Report("MACMIIAR.CR is reserved");
    At(kMacmiiar) &= ~kMiiBusy;
    return;
  }
  CheckManagementClock(divider);
  if (!wiring_.has_management_pins()) {
    Report("access of the PHY, but MDC and MDIO are not both in alternate function 11");
  }
  const uint32_t mdc = std::max(clock_.hclk() / kDividers[divider].divider, 1u);
  management_end_ = time_ + DurationOf(kFrameBits, mdc);
}

void Stm32EthModel::AdvanceManagement() {
  management_end_ = kNever;
  SetPhyTime();
  const uint32_t address = Stored(kMacmiiar);
  const bool is_connected =
      wiring_.has_management_pins() && wiring_.hears_phy_address(PhyOf(address));
  if ((address & kMiiWrite) != 0) {
    const auto data = static_cast<uint16_t>(Stored(kMacmiidr));
    if (is_connected &&
        mdio_.Write(PhyOf(address), RegisterOf(address), data) != base::Status::kOk) {
      return;  // MB stays
    }
  } else {
    const base::Result<uint16_t> read =
        is_connected ? mdio_.Read(PhyOf(address), RegisterOf(address)) : uint16_t{0xffff};
    if (!read) {
      return;
    }
    const bool is_noisy = TakeFault(faults_.mdio_noise_every, noise_faults_);
    At(kMacmiidr) = is_noisy ? (*read ^ (1u << noise_faults_ * 7 % 16)) & 0xffff : *read;
  }
  At(kMacmiiar) &= ~kMiiBusy;
}

}  // namespace test
