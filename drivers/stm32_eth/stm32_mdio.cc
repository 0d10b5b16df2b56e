#include "drivers/stm32_eth/stm32_mdio.h"

#include "drivers/stm32_eth/registers.h"

namespace drivers {
namespace {

using namespace stm32_eth;

// A management frame is 64 bits at 1 MHz or more: at most 64 us, 10752 cycles at 168 MHz. A look
// takes at least four.
constexpr int kMaxLooks = 4'000;

}  // namespace

Stm32Mdio::Stm32Mdio(RegisterBus& bus, uint32_t hclk_hz, uint32_t& timeouts)
    : bus_(bus), clock_range_(MiiClockRange(hclk_hz)), timeouts_(timeouts) {}

base::Result<uint16_t> Stm32Mdio::Read(uint8_t phy, uint8_t reg) {
  base::Status status = Prepare(phy, reg);
  if (status == base::Status::kOk) {
    status = Run(phy, reg, 0);
  }
  if (status != base::Status::kOk) {
    return std::unexpected(status);
  }
  return static_cast<uint16_t>(bus_.Read(MiiData::kAddress));
}

base::Status Stm32Mdio::Write(uint8_t phy, uint8_t reg, uint16_t value) {
  RETURN_IF_ERROR(Prepare(phy, reg));
  bus_.Write(MiiData::kAddress, value);
  return Run(phy, reg, MiiAddress::kWrite);
}

// Both registers belong to an access that still runs (33.8.1).
base::Status Stm32Mdio::Prepare(uint8_t phy, uint8_t reg) {
  if (phy >= kPhyAddresses || reg >= kPhyRegisters) {
    return base::Status::kInvalidArgument;
  }
  return WaitUntilIdle();
}

base::Status Stm32Mdio::Run(uint8_t phy, uint8_t reg, uint32_t direction) {
  bus_.Write(MiiAddress::kAddress,
             MiiAddress::Make(phy, reg, clock_range_).raw | direction | MiiAddress::kBusy);
  return WaitUntilIdle();
}

base::Status Stm32Mdio::WaitUntilIdle() {
  for (int i = 0; i < kMaxLooks; ++i) {
    if ((bus_.Read(MiiAddress::kAddress) & MiiAddress::kBusy) == 0) {
      return base::Status::kOk;
    }
  }
  ++timeouts_;
  return base::Status::kDeadlineExceeded;
}

}  // namespace drivers
