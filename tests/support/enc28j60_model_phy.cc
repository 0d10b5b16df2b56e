// PHY registers and their way through the MII registers (DS39662E chapters 3.3 and 6.6).
#include <string>

#include "tests/support/enc28j60_model.h"

namespace test {

using namespace enc28j60_model;

namespace {

constexpr uint16_t kAbilities10 = 0x0060;  // of register 5: 10BASE-T, half and full duplex
constexpr uint16_t kIsCapable = 0x1800;    // PFDPX, PHDPX
constexpr uint16_t kLatchedLink = 0x0004;
constexpr uint16_t kLinkStatus = 0x0400;
constexpr uint16_t kDuplexStatus = 0x0200;

struct PhyRow {
  uint8_t number;
  const char* name;
  uint16_t writable;
  uint16_t must_be_one;  // reserved bits that keep their value
};
constexpr PhyRow kWritable[] = {
    {kPhcon1, "PHCON1", kPhyReset | kPhyLoopback | kPhyPowerSave | kPhyFullDuplex, 0},
    {kPhcon2, "PHCON2", kForceLink | kTransmitDisable | 0x0400 | kHalfLoopbackDisable, 0},
    {kPhie, "PHIE", kPhyInterruptEnables, 0},
    {kPhlcon, "PHLCON", 0x0ffe, 0x3000}};

}  // namespace

void Enc28j60Model::StartMii(bool is_read) {
  if (Has(kMistat, kMiiBusy)) {
    violations_.Add("ENC28J60: MII operation started while MISTAT.BUSY is set");
  }
  if (!is_read && Has(kMicmd, kMiiScan)) {
    violations_.Add("ENC28J60: PHY register written during a scan");
  }
  mii_is_read_ = is_read;
  mii_end_ = clock_.now() + kMiiTime;
  const bool scans = Has(kMicmd, kMiiScan);
  const int status = kMiiBusy | (is_read ? kMiiNotValid : 0) | (scans ? kMiiScanning : 0);
  set_reg(kMistat, static_cast<uint8_t>(status));
}

void Enc28j60Model::FinishMii() {
  const uint8_t number = reg(kMiregadr);
  if (mii_is_read_) {
    SetPointer(kMirdl, ReadPhy(number));
  } else {
    WritePhy(number, pointer(kMiwrl));
  }
  if (Has(kMicmd, kMiiScan)) {
    mii_end_ = clock_.now() + kMiiTime;
    set_reg(kMistat, kMiiBusy | kMiiScanning);
    return;
  }
  mii_end_ = kNever;
  set_reg(kMistat, 0);
}

void Enc28j60Model::ResetPhy() {
  phy_ = {};
  phy_.at(kPhid1) = 0x0083;
  phy_.at(kPhid2) = 0x1400;
  phy_.at(kPhlcon) = 0x3422;
  was_up_ = link_up();
}

uint16_t Enc28j60Model::ReadPhy(uint8_t number) {
  const bool is_up = link_up();
  switch (number) {
    case kPhstat1: {
      // Set only when nothing has happened since the last look.
      const bool was_up = (phy_.at(kPhstat1) & kLatchedLink) != 0;
      phy_.at(kPhstat1) = is_up ? kLatchedLink : 0;
      return static_cast<uint16_t>(kIsCapable | (is_up && was_up ? kLatchedLink : 0));
    }
    case kPhstat2:
      return static_cast<uint16_t>((is_up ? kLinkStatus : 0) |
                                   (is_full_duplex() ? kDuplexStatus : 0));
    case kPhir: {
      const uint16_t value = phy_.at(kPhir);
      phy_.at(kPhir) = 0;
      return value;
    }
    case kPhcon1:
    case kPhcon2:
    case kPhid1:
    case kPhid2:
    case kPhie:
    case kPhlcon:
      return phy_.at(number);
    default:
      violations_.Add("ENC28J60: no PHY register " + std::to_string(number) + " to read");
      return 0;
  }
}

void Enc28j60Model::WritePhy(uint8_t number, uint16_t value) {
  for (const PhyRow& row : kWritable) {
    if (row.number != number) {
      continue;
    }
    if ((value & ~row.writable) != row.must_be_one) {
      violations_.Add(std::string("ENC28J60: reserved bits of ") + row.name + " changed");
    }
    if (number == kPhcon1 && (value & kPhyReset) != 0) {
      ResetPhy();
      return;
    }
    phy_.at(number) = value;
    UpdateLink();
    return;
  }
  violations_.Add("ENC28J60: no PHY register " + std::to_string(number) + " to write");
}

void Enc28j60Model::PlugIn(const PhyPartner& partner) {
  Advance();
  partner_ = partner;
  UpdateLink();
}

void Enc28j60Model::Unplug() {
  Advance();
  partner_.reset();
  UpdateLink();
}

bool Enc28j60Model::link_up() const {
  if (HasFault(kNoLink) || (phy_.at(kPhcon1) & kPhyPowerSave) != 0 || Has(kEcon2, kPowerSave)) {
    return false;
  }
  if ((phy_.at(kPhcon2) & kForceLink) != 0) {
    return true;
  }
  return partner_ && (partner_->negotiates ? (partner_->abilities & kAbilities10) != 0
                                           : partner_->speed_mbit == 10);
}

void Enc28j60Model::UpdateLink() {
  const bool is_up = link_up();
  if (is_up == was_up_) {
    return;
  }
  was_up_ = is_up;
  phy_.at(kPhir) = kPhyInterruptFlags;
  if (!is_up) {
    phy_.at(kPhstat1) = 0;
    incoming_.clear();
  }
}

bool Enc28j60Model::is_full_duplex() const { return (phy_.at(kPhcon1) & kPhyFullDuplex) != 0; }

// Who negotiates finds a partner that does not, and falls back to half duplex (28.2.3.1).
bool Enc28j60Model::partner_is_full_duplex() const {
  return HasFault(kDuplexMismatch) ||
         (partner_ && !partner_->negotiates && partner_->duplex == base::Duplex::kFull);
}

}  // namespace test
