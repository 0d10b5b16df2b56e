#include "tests/support/phy_model.h"

#include <array>

#include <gtest/gtest.h>

namespace test {
namespace {

constexpr uint16_t kReset = 0x8000;
constexpr uint16_t kSpeed100 = 0x2000;
constexpr uint16_t kNegotiate = 0x1000;
constexpr uint16_t kPowerDown = 0x0800;
constexpr uint16_t kIsolate = 0x0400;
constexpr uint16_t kRestart = 0x0200;
constexpr uint16_t kFull = 0x0100;

// Best first: 28B.3.
struct Technology {
  uint16_t bit;
  uint16_t speed;
  base::Duplex duplex;
};
constexpr std::array<Technology, 4> kTechnologies = {{{0x0100, 100, base::Duplex::kFull},
                                                      {0x0080, 100, base::Duplex::kHalf},
                                                      {0x0040, 10, base::Duplex::kFull},
                                                      {0x0020, 10, base::Duplex::kHalf}}};

base::LinkMode Mode(uint16_t speed, base::Duplex duplex) {
  return {.state = base::LinkState::kUp, .speed_mbit = speed, .duplex = duplex};
}

}  // namespace

PhyModel::PhyModel(const PhyOptions& options) : options_(options) {
  if (options_.vendor == PhyVendor::kEnc28j60) {
    control_ = 0;
  }
  ResetVendor();
}

void PhyModel::Violate(const std::string& text) const {
  if (options_.violations != nullptr) {
    options_.violations->Add("PHY: " + text);
  } else {
    ADD_FAILURE() << text;
  }
}

void PhyModel::PlugIn(const PhyPartner& partner) {
  Update();
  partner_ = partner;
  BeginNegotiation();
  Update();
}

void PhyModel::Unplug() {
  Update();
  partner_.reset();
  Update();
}

void PhyModel::Flap() {
  const PhyPartner partner = partner_.value_or(PhyPartner{});
  Unplug();
  partner_ = partner;
  negotiated_at_ = now_;
  Update();
}

void PhyModel::BeginNegotiation() { negotiated_at_ = now_ + options_.negotiation_time; }

void PhyModel::BeginReset() {
  ++resets_;
  control_ = options_.vendor == PhyVendor::kEnc28j60 ? 0 : 0x3100;
  advertisement_ = 0x01e1;
  ResetVendor();
  reset_until_ = options_.resets ? now_ + options_.reset_time : base::kNever;
  negotiated_at_ = now_ + options_.reset_time + options_.negotiation_time;
  lost_link_ = true;
}

bool PhyModel::negotiation_done() const {
  return partner_ && negotiates() && !is_resetting() && now_ >= negotiated_at_;
}

base::LinkMode PhyModel::mode() {
  const bool is_tested = cable_test_until_ && now_ < *cable_test_until_;
  if (!partner_ || is_resetting() || is_tested || (control_ & (kPowerDown | kIsolate)) != 0) {
    return {};
  }
  if (options_.vendor == PhyVendor::kEnc28j60) {
    return Mode(10, (control_ & kFull) != 0 ? base::Duplex::kFull : base::Duplex::kHalf);
  }
  if (!negotiates()) {
    const uint16_t speed = (control_ & kSpeed100) != 0 ? 100 : 10;
    const bool fits = partner_->negotiates || partner_->speed_mbit == speed;
    return fits ? Mode(speed, (control_ & kFull) != 0 ? base::Duplex::kFull : base::Duplex::kHalf)
                : base::LinkMode{};
  }
  if (!negotiation_done()) {
    return {};
  }
  const uint16_t common = advertisement_ & ReadPartner();
  for (const Technology& technology : kTechnologies) {
    if ((common & technology.bit) != 0) {
      return Mode(technology.speed, technology.duplex);
    }
  }
  return {};
}

bool PhyModel::link_up() {
  Update();
  return was_up_;
}

void PhyModel::Update() {
  const bool up = mode().is_up();
  if (was_up_ && !up) {
    lost_link_ = true;
  }
  went_down_ |= was_up_ && !up;
  went_up_ |= !was_up_ && up;
  was_up_ = up;
}

uint16_t PhyModel::Read(uint8_t reg) {
  Update();
  if (is_resetting()) {
    if (reg != 0) {
      Violate("only register 0 is valid while the PHY resets (22.2.4.1.1)");
    }
    return control_ | kReset;
  }
  // The ENC28J60 cannot negotiate and has no registers for it.
  if (options_.vendor == PhyVendor::kEnc28j60 && reg >= 4 && reg <= 6) {
    return ReadVendor(reg);
  }
  switch (reg) {
    case 0:
      return ReadControl();
    case 1:
      return ReadStatus();
    case 2:
      return static_cast<uint16_t>(options_.id >> 16);
    case 3:
      return static_cast<uint16_t>(options_.id);
    case 4:
      return advertisement_;
    case 5:
      return negotiation_done() || (options_.early_link && partner_) ? ReadPartner() : 0;
    case 6:
      return partner_ && partner_->negotiates ? 1 : 0;
    default:
      return ReadVendor(reg);
  }
}

// Some PHYs put the outcome of negotiation here.
uint16_t PhyModel::ReadControl() {
  const base::LinkMode now = mode();
  if (options_.vendor != PhyVendor::kRtl8201f || !negotiates() || !now.is_up()) {
    return control_;
  }
  const auto rest = static_cast<uint16_t>(control_ & ~(kSpeed100 | kFull));
  return static_cast<uint16_t>(rest | (now.speed_mbit == 100 ? kSpeed100 : 0) |
                               (now.duplex == base::Duplex::kFull ? kFull : 0));
}

uint16_t PhyModel::ReadStatus() {
  const bool is_enc28j60 = options_.vendor == PhyVendor::kEnc28j60;
  auto status = static_cast<uint16_t>(is_enc28j60 ? 0x1800 : 0x7809);
  if ((was_up_ && !lost_link_) || (options_.early_link && partner_)) {
    status |= 0x0004;
  }
  if (negotiation_done()) {
    status |= 0x0020;
  }
  lost_link_ = false;
  return status;
}

// Register 5, and what parallel detection writes there (28.2.3.1).
uint16_t PhyModel::ReadPartner() const {
  if (partner_->negotiates) {
    return partner_->abilities | 0x4000;
  }
  return partner_->speed_mbit == 100 ? 0x0080 : 0x0020;
}

void PhyModel::Write(uint8_t reg, uint16_t value) {
  Update();
  if (is_resetting()) {
    Violate("register " + std::to_string(reg) + " written while the PHY resets");
  }
  if (reg == 0) {
    if ((value & kReset) != 0) {
      BeginReset();
      return;
    }
    const bool restarts = (value & kRestart) != 0 || ((value ^ control_) & kNegotiate) != 0;
    control_ = value & static_cast<uint16_t>(~kRestart);
    if (restarts) {
      lost_link_ = lost_link_ || was_up_;
      BeginNegotiation();
    }
  } else if (reg == 4) {
    advertisement_ = value;
  } else {
    WriteVendor(reg, value);
  }
  Update();
}

}  // namespace test
