#include "drivers/phy/stand_in_phy.h"

namespace drivers {
namespace {

// IEEE 802.3 22.2.4: register numbers and the bits that matter here.
constexpr uint8_t kBmcr = 0;
constexpr uint8_t kBmsr = 1;
constexpr uint8_t kId1 = 2;
constexpr uint8_t kId2 = 3;
constexpr uint8_t kAnar = 4;
constexpr uint8_t kAnlpar = 5;
constexpr uint8_t kAner = 6;
constexpr uint16_t kReset = 0x8000;
constexpr uint16_t kLoopback = 0x4000;
constexpr uint16_t kNegotiate = 0x1000;
constexpr uint16_t kRestart = 0x0200;
constexpr uint16_t kStatus = 0x780d;  // all abilities, link up
constexpr uint16_t kNegotiationComplete = 0x0020;
constexpr uint16_t kPartner = 0x45e1;  // all abilities, page acknowledged
constexpr uint16_t kPartnerNegotiates = 0x0001;

}  // namespace

base::Result<uint16_t> StandInPhy::Read(uint8_t phy, uint8_t reg) {
  if (phy >= kPhyAddresses || reg >= kPhyRegisters) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  if (phy != kAddress) {
    return uint16_t{0xffff};
  }
  const bool negotiates = (control_ & kNegotiate) != 0;
  switch (reg) {
    case kBmcr:
      return control_;
    case kBmsr:
      return static_cast<uint16_t>(kStatus | (negotiates ? kNegotiationComplete : 0));
    case kId1:
      return static_cast<uint16_t>(kId >> 16);
    case kId2:
      return static_cast<uint16_t>(kId & 0xffff);
    case kAnar:
      return advertise_;
    case kAnlpar:
      return negotiates ? kPartner : uint16_t{0};
    case kAner:
      return negotiates ? kPartnerNegotiates : uint16_t{0};
    default:
      return uint16_t{0};
  }
}

base::Status StandInPhy::Write(uint8_t phy, uint8_t reg, uint16_t value) {
  if (phy >= kPhyAddresses || reg >= kPhyRegisters) {
    return base::Status::kInvalidArgument;
  }
  if (phy != kAddress) {
    return base::Status::kOk;
  }
  if (reg == kBmcr) {
    control_ = (value & kReset) != 0 ? kNegotiate : static_cast<uint16_t>(value & ~kRestart);
  } else if (reg == kAnar) {
    advertise_ = value;
  }
  return base::Status::kOk;
}

bool StandInPhy::loopback() const { return (control_ & kLoopback) != 0; }

}  // namespace drivers
