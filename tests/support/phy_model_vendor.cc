// The registers that vendors added to clause 22, from their datasheets:
//   LAN8720A DS00002165, LAN8742A DS00001989, KSZ8081 DS00002202, DP83848 SNLS250,
//   RTL8201F 1.4, IP101G R01, DM9161A, ENC28J60 DS39662
#include <algorithm>
#include <span>
#include <utility>

#include "tests/support/phy_model.h"

namespace test {

// Registers not listed do not exist. Bits outside of `writable` keep what they have at reset;
// writing another value to them is a violation, except to `ignored` ones: status bits.
struct PhyVendorRegister {
  uint8_t reg = 0;
  uint16_t reset = 0;
  uint16_t writable = 0;
  uint16_t ignored = 0;
  uint8_t page = 0;
};

namespace {

constexpr PhyVendorRegister kLan911x[] = {{29, 0, 0}, {30, 0, 0x00fe}};
// The last ones are only in the LAN8742.
constexpr size_t kLan87xxRegisters = 7;
constexpr PhyVendorRegister kLan8742[] = {{17, 0x2000, 0x2240, 0x0002},
                                          {18, 0x60e0, 0x00ff},
                                          {26, 0, 0},
                                          {27, 0, 0xa800, 0x0010},
                                          {29, 0, 0},
                                          {30, 0, 0x00fe},
                                          {31, 0x40, 0, 0x101c},
                                          {13, 0, 0xc01f},
                                          {14, 0, 0xffff},
                                          {24, 0, 0xffff},
                                          {25, 0, 0xc000, 0x07ff},
                                          {28, 0, 0}};
constexpr PhyVendorRegister kKsz8081[] = {
    {0x10, 0, 0x0010},      {0x15, 0, 0},      {0x16, 0x0002, 0x8223}, {0x17, 0x0002, 0},
    {0x18, 0x0000, 0x0c40}, {0x1b, 0, 0xff00}, {0x1d, 0, 0x8000},      {0x1e, 0, 0x0200, 0x01ff},
    {0x1f, 0x8100, 0xef3f}};
constexpr PhyVendorRegister kDp83848[] = {
    {0x10, 0, 0}, {0x11, 0, 0x0007}, {0x12, 0, 0x007f, 0x7f00}, {0x14, 0, 0},
    {0x15, 0, 0}, {0x17, 0, 0x0023}, {0x19, 0x8000, 0xfd20},    {0x1b, 0, 0x0033, 0xff00}};
constexpr PhyVendorRegister kRtl8201f[] = {
    {30, 0, 0}, {31, 0, 0x00ff}, {16, 0x07f4, 0x1fff, 0, 7}, {19, 0x0020, 0x3c3c, 0, 7}};
constexpr PhyVendorRegister kIp101g[] = {
    {0x10, 0, 0x2802}, {0x11, 0x0f00, 0x8f00, 0x0007}, {0x12, 0, 0}, {0x1e, 0, 0x0008, 0x0107}};
constexpr PhyVendorRegister kDm9161[] = {
    {16, 0x0614, 0xffff}, {17, 0, 0, 0xffff}, {18, 0x7800, 0x7e00}, {21, 0x0f00, 0x0f00, 0x801d}};
constexpr PhyVendorRegister kEnc28j60[] = {
    {0x10, 0, 0x7000}, {0x11, 0, 0}, {0x12, 0, 0x0012}, {0x13, 0, 0}, {0x14, 0x3422, 0x0fff}};
constexpr uint32_t kLan8742Id = 0x0007c130;
constexpr base::Duration kCableTestTime = std::chrono::milliseconds(25);

std::span<const PhyVendorRegister> RegistersOf(const PhyOptions& options) {
  switch (options.vendor) {
    case PhyVendor::kLan911x:
      return kLan911x;
    case PhyVendor::kLan87xx: {
      const bool is_8742 = (options.id & 0xfffffff0) == kLan8742Id;
      return is_8742 ? std::span(kLan8742) : std::span(kLan8742).first(kLan87xxRegisters);
    }
    case PhyVendor::kKsz8081:
      return kKsz8081;
    case PhyVendor::kDp83848:
      return kDp83848;
    case PhyVendor::kRtl8201f:
      return kRtl8201f;
    case PhyVendor::kIp101g:
      return kIp101g;
    case PhyVendor::kDm9161:
      return kDm9161;
    case PhyVendor::kEnc28j60:
      return kEnc28j60;
    case PhyVendor::kNone:
      break;
  }
  return {};
}

}  // namespace

const PhyVendorRegister* PhyModel::FindVendorRegister(uint8_t reg) const {
  constexpr uint8_t kPageSelect = 31;
  const auto rows = RegistersOf(options_);
  const auto row = std::ranges::find_if(rows, [&](const PhyVendorRegister& candidate) {
    return candidate.reg == reg && (candidate.page == page() || reg == kPageSelect);
  });
  return row == rows.end() ? nullptr : &*row;
}

uint8_t PhyModel::page() const {
  return options_.vendor == PhyVendor::kRtl8201f ? static_cast<uint8_t>(stored_[31]) : 0;
}

uint16_t& PhyModel::Stored(uint8_t reg) {
  return page() == 7 && reg != 31 ? stored_page7_[reg] : stored_[reg];
}

void PhyModel::ResetVendor() {
  stored_ = {};
  stored_page7_ = {};
  for (const PhyVendorRegister& row : RegistersOf(options_)) {
    (row.page == 7 ? stored_page7_ : stored_)[row.reg] = row.reset;
  }
  went_up_ = false;
  went_down_ = false;
  cable_test_until_.reset();
}

// 1 and 2: half duplex at 10 and 100; 5 and 6: full.
uint16_t PhyModel::ReadModeBits(uint8_t shift) {
  const base::LinkMode now = mode();
  if (!now.is_up()) {
    return 0;
  }
  const int bits = (now.speed_mbit == 100 ? 2 : 1) + (now.duplex == base::Duplex::kFull ? 4 : 0);
  return static_cast<uint16_t>(bits << shift);
}

uint16_t PhyModel::ReadVendor(uint8_t reg) {
  const PhyVendorRegister* const row = FindVendorRegister(reg);
  if (row == nullptr) {
    if (options_.undefined) {
      return *options_.undefined;
    }
    Violate("there is no register " + std::to_string(reg) + " to read");
    return 0;
  }
  if (const auto events = ReadEvents(reg)) {
    return *events;
  }
  const auto kept = static_cast<uint16_t>(Stored(reg) & ~row->ignored);
  const auto status = ReadStatusOfVendor(reg);
  return static_cast<uint16_t>(kept | status.value_or(0));
}

// What the hardware shows in registers that are not the interrupt's.
std::optional<uint16_t> PhyModel::ReadStatusOfVendor(uint8_t reg) {
  const base::LinkMode now = mode();
  const bool is_full = now.duplex == base::Duplex::kFull;
  const int half = now.is_up() ? 1 : 0;
  switch (options_.vendor) {
    case PhyVendor::kLan87xx:
      if (reg == 17) {
        return partner_ ? 0x0002 : 0;
      }
      if (reg == 25) {
        return CableTestResult(reg);
      }
      return reg == 31 ? std::optional(static_cast<uint16_t>(ReadModeBits(2) |
                                                             (negotiation_done() ? 0x1000 : 0)))
                       : std::nullopt;
    case PhyVendor::kKsz8081:
      if (reg == 0x1d) {
        return CableTestResult(reg);
      }
      return reg == 0x1e ? std::optional(static_cast<uint16_t>(ReadModeBits(0) | half << 8 |
                                                               (partner_ ? 0x0010 : 0)))
                         : std::nullopt;
    case PhyVendor::kIp101g:
      return reg == 0x1e ? std::optional(static_cast<uint16_t>(ReadModeBits(0) | half << 8))
                         : std::nullopt;
    case PhyVendor::kDp83848:
      return reg == 0x10
                 ? std::optional(static_cast<uint16_t>(half | (now.speed_mbit == 10 ? 2 : 0) |
                                                       (is_full ? 4 : 0) | (loopback() ? 8 : 0) |
                                                       (negotiation_done() ? 0x10 : 0)))
                 : std::nullopt;
    case PhyVendor::kDm9161:
      return reg == 17 ? std::optional(static_cast<uint16_t>(
                             half << ((now.speed_mbit == 100 ? 14 : 12) + (is_full ? 1 : 0))))
                       : std::nullopt;
    case PhyVendor::kEnc28j60:
      return reg == 0x11 ? std::optional(static_cast<uint16_t>(half << 10 | (is_full ? 0x0200 : 0)))
                         : std::nullopt;
    default:
      return std::nullopt;
  }
}

// The register that tells of the link and lets go of the pin.
std::optional<uint16_t> PhyModel::ReadEvents(uint8_t reg) {
  const auto bits = [this](int up, int down) {
    const int value = (went_up_ ? up : 0) | (went_down_ ? down : 0);
    went_up_ = false;
    went_down_ = false;
    return static_cast<uint16_t>(value);
  };
  switch (options_.vendor) {
    case PhyVendor::kLan911x:
    case PhyVendor::kLan87xx:
      return reg == 29 ? std::optional(bits(0x0040, 0x0010)) : std::nullopt;
    case PhyVendor::kKsz8081:
      return reg == 0x1b ? std::optional(static_cast<uint16_t>(stored_[reg] | bits(1, 4)))
                         : std::nullopt;
    case PhyVendor::kDp83848:
      return reg == 0x12 ? std::optional(static_cast<uint16_t>(stored_[reg] | bits(0x2400, 0x2000)))
                         : std::nullopt;
    case PhyVendor::kRtl8201f:
      return reg == 30 && page() == 0 ? std::optional(bits(0x0800, 0x0800)) : std::nullopt;
    case PhyVendor::kIp101g:
      return reg == 0x11 ? std::optional(static_cast<uint16_t>(stored_[reg] | bits(1, 1)))
                         : std::nullopt;
    case PhyVendor::kDm9161:
      return reg == 21 ? std::optional(static_cast<uint16_t>(stored_[reg] | bits(4, 4)))
                       : std::nullopt;
    case PhyVendor::kEnc28j60:
      return reg == 0x13 ? std::optional(bits(0x0014, 0x0014)) : std::nullopt;
    case PhyVendor::kNone:
      break;
  }
  return std::nullopt;
}

bool PhyModel::interrupt() {
  Update();
  const bool any = went_up_ || went_down_;
  switch (options_.vendor) {
    case PhyVendor::kLan911x:
    case PhyVendor::kLan87xx:
      return ((went_up_ ? 0x40 : 0) & stored_[30]) != 0 ||
             ((went_down_ ? 0x10 : 0) & stored_[30]) != 0;
    case PhyVendor::kKsz8081:
      return (went_up_ && (stored_[0x1b] & 0x0100) != 0) ||
             (went_down_ && (stored_[0x1b] & 0x0400) != 0);
    case PhyVendor::kDp83848:
      return (stored_[0x11] & 3) == 3 &&
             ((any && (stored_[0x12] & 0x20) != 0) || (went_up_ && (stored_[0x12] & 4) != 0));
    case PhyVendor::kRtl8201f:
      return any && (stored_page7_[19] & 0x2000) != 0;
    case PhyVendor::kIp101g:
      return any && (stored_[0x11] & 0x8900) == 0x8000;
    case PhyVendor::kDm9161:
      return any && (stored_[21] & 0x0300) == 0;
    case PhyVendor::kEnc28j60:
      return any && (stored_[0x12] & 0x12) == 0x12;
    case PhyVendor::kNone:
      break;
  }
  return false;
}

bool PhyModel::far_loopback() const {
  return (options_.vendor == PhyVendor::kKsz8081 && (stored_[0x1f] & 0x0004) != 0) ||
         (options_.vendor == PhyVendor::kLan87xx && (stored_[17] & 0x0200) != 0);
}

void PhyModel::WriteVendor(uint8_t reg, uint16_t value) {
  const PhyVendorRegister* const row = FindVendorRegister(reg);
  if (row == nullptr || (row->writable == 0 && row->ignored == 0)) {
    Violate("register " + std::to_string(reg) + " is not to be written");
    return;
  }
  const auto fixed = static_cast<uint16_t>(~(row->writable | row->ignored));
  if (((value ^ row->reset) & fixed) != 0) {
    Violate("reserved bits of register " + std::to_string(reg) + " changed");
  }
  uint16_t& stored = Stored(reg);
  stored = static_cast<uint16_t>((row->reset & ~row->writable) | (value & row->writable));
  const bool is_linkmd = options_.vendor == PhyVendor::kKsz8081 && reg == 0x1d;
  const bool is_tdr = options_.vendor == PhyVendor::kLan87xx && reg == 25;
  if ((is_linkmd || is_tdr) && (value & 0x8000) != 0) {
    stored &= 0x7fff;
    BeginCableTest(reg);
  }
}

// What must be so before a measurement (KSZ8081 section 3.9, LAN8742A section 3.8.11).
void PhyModel::BeginCableTest(uint8_t reg) {
  const bool is_linkmd = reg == 0x1d;
  if (is_linkmd && (stored_[0x1f] & 0x2000) == 0) {
    Violate("LinkMD started with automatic MDI/MDI-X");
  }
  if (!is_linkmd && (stored_[27] & 0x8000) == 0) {
    Violate("TDR started with automatic MDI/MDI-X");
  }
  if (!is_linkmd && (control_ & 0x3100) != 0x2100) {
    Violate("TDR started without 100 Mbit/s full duplex forced");
  }
  if (!is_linkmd && (stored_[17] & 0x2000) != 0) {
    Violate("TDR started with energy detect power-down");
  }
  cable_test_until_ = now_ + kCableTestTime;
}

uint16_t PhyModel::CableTestResult(uint8_t reg) const {
  if (!cable_test_until_) {
    return 0;
  }
  if (now_ < *cable_test_until_) {
    return 0x8000;
  }
  const bool is_linkmd = reg == 0x1d;
  const bool is_mdix = is_linkmd ? (stored_[0x1f] & 0x4000) != 0 : (stored_[27] & 0x2000) != 0;
  const base::CablePair& cable = cable_[is_mdix ? 1 : 0];
  const bool is_open = cable.state == base::CableState::kOpen;
  const bool is_short = cable.state == base::CableState::kShort;
  const bool is_failed = cable.state == base::CableState::kFailed;
  if (is_linkmd) {
    const int result = is_open ? 1 : is_short ? 2 : is_failed ? 3 : 0;
    const int short_cable = (is_open || is_short) && cable.distance_cm < 1000 ? 1 : 0;
    return static_cast<uint16_t>(result << 13 | short_cable << 12 |
                                 std::min(cable.distance_cm / 38, 0x1ff));
  }
  const int type = is_open ? 2 : is_short ? 1 : is_failed ? 0 : 3;
  const int millimetres = is_short ? 793 : 769;
  return static_cast<uint16_t>(0x0100 | type << 9 |
                               std::min(cable.distance_cm * 10 / millimetres, 0xff));
}

}  // namespace test
