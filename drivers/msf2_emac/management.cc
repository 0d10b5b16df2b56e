#include "drivers/msf2_emac/management.h"

#include "drivers/msf2_emac/registers.h"

namespace drivers {
namespace {

using namespace msf2_emac;

// A management frame takes 26 us at 2.5 MHz; a poll is at least one bus access of 14 ns.
constexpr int kMaxPolls = 5'000;

}  // namespace

base::Result<uint16_t> Msf2Management::Read(uint8_t phy, uint8_t reg) {
  if (phy >= kPhyAddresses || reg >= kPhyRegisters) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  RETURN_IF_ERROR(Wait(MiiIndicators::kBusy));
  bus_.Write(MiiAddress::kAddress, MiiAddress::Make(phy, reg).raw);
  bus_.Write(MiiCommand::kAddress, 0);
  bus_.Write(MiiCommand::kAddress, MiiCommand::kRead);
  RETURN_IF_ERROR(Wait(MiiIndicators::kBusy | MiiIndicators::kNotValid));
  return static_cast<uint16_t>(bus_.Read(kMiiRead));
}

base::Status Msf2Management::Write(uint8_t phy, uint8_t reg, uint16_t value) {
  if (phy >= kPhyAddresses || reg >= kPhyRegisters) {
    return base::Status::kInvalidArgument;
  }
  RETURN_IF_ERROR(Wait(MiiIndicators::kBusy));
  bus_.Write(MiiAddress::kAddress, MiiAddress::Make(phy, reg).raw);
  bus_.Write(kMiiWrite, value);
  return Wait(MiiIndicators::kBusy);
}

base::Status Msf2Management::Wait(uint32_t bits) {
  for (int i = 0; i < kMaxPolls; ++i) {
    if ((bus_.Read(MiiIndicators::kAddress) & bits) == 0) {
      return base::Status::kOk;
    }
  }
  ++timeouts_;
  return base::Status::kDeadlineExceeded;
}

}  // namespace drivers
