// The DM9000A model's PHY: EPCR, EPAR, EPDR, power, link.
#include "tests/support/dm9000a_model.h"

namespace test {
namespace {

using namespace dm9000a_model;

constexpr VirtualTime kLinkCheck = kMillisecond;
constexpr uint8_t kInternalPhy = 1;  // EPAR bits 7 and 6
constexpr uint16_t kNobody = 0xffff;

}  // namespace

void Dm9000aModel::UpdateTime() {
  phy_.SetTime(base::FromMicroseconds(clock_.now() / kMicrosecond));
}

bool Dm9000aModel::is_phy_powered() const {
  return (registers_[kGpr] & 1) == 0 && !faults_.phy_powered_down;
}

bool Dm9000aModel::is_mii_busy() const { return clock_.now() < mii_end_; }

void Dm9000aModel::WriteAccessControl(uint8_t value) {
  constexpr uint8_t kCommands = kEpcrReload | kEpcrRead | kEpcrWrite;
  if (is_mii_busy()) {
    violations_.Add("DM9000A: EPCR written while EPCR.ERRE is set");
    return;
  }
  const uint8_t before = registers_[kEpcr] & kCommands;
  const uint8_t command = value & kCommands;
  registers_[kEpcr] = static_cast<uint8_t>(value & ~kEpcrBusy);
  if (command == 0) {
    return;
  }
  if (before != 0) {
    violations_.Add("DM9000A: EPCR command before the bits of the one before were cleared");
    return;
  }
  if ((command & (command - 1)) != 0) {
    violations_.Add("DM9000A: two commands at once in EPCR");
    return;
  }
  if (command == kEpcrReload || (value & kEpcrPhy) == 0) {
    // There is no EEPROM: its line is pulled up.
    registers_[kEpdrl] = 0xff;
    registers_[kEpdrh] = 0xff;
    mii_end_ = clock_.now() + kEepromAccess;
    return;
  }
  mii_end_ = clock_.now() + kPhyAccess;
  AccessPhy(command == kEpcrWrite);
}

void Dm9000aModel::AccessPhy(bool is_write) {
  const uint8_t address = registers_[kEpar];
  if (address >> 6 != kInternalPhy) {
    violations_.Add("DM9000A: EPAR names PHY " + std::to_string(address >> 6) +
                    ", the internal one is 1");
  }
  const bool answers = is_phy_powered() && address >> 6 == kInternalPhy;
  const auto reg = static_cast<uint8_t>(address & 0x1f);
  UpdateTime();
  if (is_write) {
    if (answers) {
      phy_.Write(reg, static_cast<uint16_t>(registers_[kEpdrl] | registers_[kEpdrh] << 8));
      UpdateLink();
    }
    return;
  }
  const uint16_t value = answers ? phy_.Read(reg) : kNobody;
  registers_[kEpdrl] = static_cast<uint8_t>(value);
  registers_[kEpdrh] = static_cast<uint8_t>(value >> 8);
}

base::LinkMode Dm9000aModel::mode() {
  UpdateTime();
  return is_phy_powered() ? phy_.mode() : base::LinkMode{};
}

void Dm9000aModel::UpdateLink() {
  next_link_check_ = clock_.now() + kLinkCheck;
  const bool is_up = mode().is_up();
  if (is_up != was_up_) {
    was_up_ = is_up;
    registers_[kIsr] |= kIsrLinkChange;
  }
}

// What is at the other end of the cable now.
void Dm9000aModel::PlugPartner() {
  UpdateTime();
  if (!partner_ || faults_.no_link) {
    phy_.Unplug();
  } else if (faults_.duplex_mismatch) {
    phy_.PlugIn({.negotiates = false, .speed_mbit = 100, .duplex = base::Duplex::kFull});
  } else {
    phy_.PlugIn(*partner_);
  }
  UpdateLink();
}

void Dm9000aModel::PlugIn(const PhyPartner& partner) {
  partner_ = partner;
  PlugPartner();
}

void Dm9000aModel::Unplug() {
  partner_.reset();
  PlugPartner();
}

}  // namespace test
