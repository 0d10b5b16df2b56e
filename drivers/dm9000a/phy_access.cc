#include "drivers/dm9000a/phy_access.h"

#include "drivers/dm9000a/registers.h"

namespace drivers {
namespace {

using namespace dm9000a;

// A management frame takes 26 us at 2.5 MHz; a look is two bus cycles of at least 40 ns.
constexpr int kMaxLooks = 5'000;

}  // namespace

base::Result<uint16_t> Dm9000aPhyAccess::Read(uint8_t phy, uint8_t reg) {
  if (phy >= kPhyAddresses || reg >= kPhyRegisters) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  if (phy != kInternalPhy) {
    return uint16_t{0xffff};
  }
  RETURN_IF_ERROR(Transfer(reg, PhyControl::kRead));
  const uint8_t low = bus_.Read(kPhyDataLow);
  return static_cast<uint16_t>(low | bus_.Read(kPhyDataHigh) << 8);
}

base::Status Dm9000aPhyAccess::Write(uint8_t phy, uint8_t reg, uint16_t value) {
  if (phy >= kPhyAddresses || reg >= kPhyRegisters) {
    return base::Status::kInvalidArgument;
  }
  if (phy != kInternalPhy) {
    return base::Status::kOk;
  }
  bus_.Write(kPhyDataLow, static_cast<uint8_t>(value));
  bus_.Write(kPhyDataHigh, static_cast<uint8_t>(value >> 8));
  return Transfer(reg, PhyControl::kWrite);
}

// The command is taken back afterwards, also when it did not finish (application notes).
base::Status Dm9000aPhyAccess::Transfer(uint8_t reg, uint8_t direction) {
  bus_.Write(PhyAddress::kAddress, PhyAddress::kInternal | reg);
  bus_.Write(PhyControl::kAddress, PhyControl::kPhy | direction);
  bool is_done = false;
  for (int i = 0; i < kMaxLooks && !is_done; ++i) {
    is_done = (bus_.Read(PhyControl::kAddress) & PhyControl::kBusy) == 0;
  }
  bus_.Write(PhyControl::kAddress, 0);
  if (!is_done) {
    ++timeouts_;
    return base::Status::kDeadlineExceeded;
  }
  return base::Status::kOk;
}

}  // namespace drivers
