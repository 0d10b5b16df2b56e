#include "drivers/stellaris_eth/management.h"

#include "drivers/stellaris_eth/registers.h"

namespace drivers {
namespace {

using namespace stellaris_eth;

// A management frame takes 26 us at 2.5 MHz; a poll is at least one bus access of 20 ns.
constexpr int kMaxPolls = 5'000;

}  // namespace

base::Result<uint16_t> StellarisManagement::Read(uint8_t phy, uint8_t reg) {
  if (phy >= kPhyAddresses || reg >= kPhyRegisters) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  if (phy != kPhyAddress) {
    return uint16_t{0xffff};
  }
  RETURN_IF_ERROR(Wait());
  bus_.Write(ManagementControl::kAddress, ManagementControl::Make(reg, 0).raw);
  RETURN_IF_ERROR(Wait());
  return static_cast<uint16_t>(bus_.Read(kManagementReceive));
}

base::Status StellarisManagement::Write(uint8_t phy, uint8_t reg, uint16_t value) {
  if (phy >= kPhyAddresses || reg >= kPhyRegisters) {
    return base::Status::kInvalidArgument;
  }
  if (phy != kPhyAddress) {
    return base::Status::kOk;
  }
  RETURN_IF_ERROR(Wait());
  bus_.Write(kManagementTransmit, value);
  bus_.Write(ManagementControl::kAddress,
             ManagementControl::Make(reg, ManagementControl::kWrite).raw);
  return Wait();
}

base::Status StellarisManagement::Wait() {
  for (int i = 0; i < kMaxPolls; ++i) {
    if ((bus_.Read(ManagementControl::kAddress) & ManagementControl::kStart) == 0) {
      return base::Status::kOk;
    }
  }
  ++timeouts_;
  return base::Status::kDeadlineExceeded;
}

}  // namespace drivers
