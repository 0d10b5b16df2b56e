#include "drivers/lan9118/mac_csr.h"

#include "drivers/lan9118/registers.h"

namespace drivers {
namespace {

using namespace lan9118;

// A CSR access takes a few bus cycles, a management frame 26 us at 2.5 MHz. A poll is at least one
// bus access of some 50 ns.
constexpr int kMaxCsrPolls = 1'000;
constexpr int kMaxMiiPolls = 2'000;

}  // namespace

base::Result<uint32_t> MacCsr::ReadMac(uint8_t index) {
  RETURN_IF_ERROR(WaitForCsr());
  bus_.Write(MacCommand::kAddress, MacCommand::kBusy | MacCommand::kRead | index);
  RETURN_IF_ERROR(WaitForCsr());
  return bus_.Read(MacData::kAddress);
}

base::Status MacCsr::WriteMac(uint8_t index, uint32_t value) {
  RETURN_IF_ERROR(WaitForCsr());
  bus_.Write(MacData::kAddress, value);
  bus_.Write(MacCommand::kAddress, MacCommand::kBusy | index);
  return WaitForCsr();
}

base::Result<uint16_t> MacCsr::Read(uint8_t phy, uint8_t reg) {
  RETURN_IF_ERROR(StartMii(phy, reg, 0));
  RETURN_IF_ERROR(WaitForMii());
  const auto value = ReadMac(kMacMiiData);
  if (!value) {
    return std::unexpected(value.error());
  }
  return static_cast<uint16_t>(*value);
}

base::Status MacCsr::Write(uint8_t phy, uint8_t reg, uint16_t value) {
  RETURN_IF_ERROR(WaitForMii());
  RETURN_IF_ERROR(WriteMac(kMacMiiData, value));
  RETURN_IF_ERROR(StartMii(phy, reg, MiiAccess::kWrite));
  return WaitForMii();
}

base::Status MacCsr::StartMii(uint8_t phy, uint8_t reg, uint32_t direction) {
  if (phy >= kPhyAddresses || reg >= kPhyRegisters) {
    return base::Status::kInvalidArgument;
  }
  RETURN_IF_ERROR(WaitForMii());
  return WriteMac(kMacMiiAccess, MiiAccess::Make(phy, reg) | direction | MiiAccess::kBusy);
}

base::Status MacCsr::WaitForCsr() {
  for (int i = 0; i < kMaxCsrPolls; ++i) {
    if ((bus_.Read(MacCommand::kAddress) & MacCommand::kBusy) == 0) {
      return base::Status::kOk;
    }
  }
  ++timeouts_;
  return base::Status::kDeadlineExceeded;
}

base::Status MacCsr::WaitForMii() {
  for (int i = 0; i < kMaxMiiPolls; ++i) {
    const auto access = ReadMac(kMacMiiAccess);
    if (!access) {
      return access.error();
    }
    if ((*access & MiiAccess::kBusy) == 0) {
      return base::Status::kOk;
    }
  }
  ++timeouts_;
  return base::Status::kDeadlineExceeded;
}

}  // namespace drivers
