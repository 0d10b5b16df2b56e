#include "drivers/phy/phy_models.h"

#include <array>

#include "drivers/phy/phy.h"

namespace drivers {
namespace {

constexpr base::LinkMode Up(uint16_t speed_mbit, bool is_full) {
  return {.state = base::LinkState::kUp,
          .speed_mbit = speed_mbit,
          .duplex = is_full ? base::Duplex::kFull : base::Duplex::kHalf};
}

constexpr auto kNotSettled = std::unexpected(base::Status::kUnavailable);

base::Result<base::LinkMode> ReadLan87xx(Phy& phy) {
  const auto status = phy.ReadPlausible<Lan87xxStatus>();
  if (!status) {
    return std::unexpected(status.error());
  }
  switch (status->speed_indication()) {
    case 1:
      return Up(10, false);
    case 2:
      return Up(100, false);
    case 5:
      return Up(10, true);
    case 6:
      return Up(100, true);
    default:
      return kNotSettled;
  }
}

// KSZ8081 and IP101G count their modes alike: 1 and 2 half, 5 and 6 full duplex, 10 before 100.
template <PhyRegister R>
base::Result<base::LinkMode> ReadOperationMode(Phy& phy) {
  const auto status = phy.ReadPlausible<R>();
  if (!status) {
    return std::unexpected(status.error());
  }
  switch (status->operation_mode()) {
    case 1:
      return Up(10, false);
    case 2:
      return Up(100, false);
    case 5:
      return Up(10, true);
    case 6:
      return Up(100, true);
    default:
      return kNotSettled;
  }
}

base::Result<base::LinkMode> ReadDp83848(Phy& phy) {
  const auto status = phy.ReadPlausible<Dp83848Status>();
  if (!status) {
    return std::unexpected(status.error());
  }
  if ((status->raw & Dp83848Status::kLink) == 0) {
    return kNotSettled;
  }
  return Up((status->raw & Dp83848Status::kSpeed10) != 0 ? 10 : 100,
            (status->raw & Dp83848Status::kFullDuplex) != 0);
}

base::Result<base::LinkMode> ReadDm9161(Phy& phy) {
  const auto status = phy.ReadPlausible<Dm9161Status>();
  if (!status) {
    return std::unexpected(status.error());
  }
  constexpr uint16_t kAny100 = Dm9161Status::k100Full | Dm9161Status::k100Half;
  constexpr uint16_t kAnyFull = Dm9161Status::k100Full | Dm9161Status::k10Full;
  constexpr uint16_t kAny = kAny100 | Dm9161Status::k10Full | Dm9161Status::k10Half;
  if ((status->raw & kAny) == 0) {
    return kNotSettled;
  }
  return Up((status->raw & kAny100) != 0 ? 100 : 10, (status->raw & kAnyFull) != 0);
}

base::Result<base::LinkMode> ReadEnc28j60(Phy& phy) {
  const auto status = phy.ReadPlausible<Enc28j60Status2>();
  if (!status) {
    return std::unexpected(status.error());
  }
  return Up(10, (status->raw & Enc28j60Status2::kFullDuplex) != 0);
}

// A PHY that answers at the broadcast address 0 too would answer for its neighbours.
base::Status SilenceBroadcastAddress(Phy& phy) {
  auto value = phy.Read<Ksz8081OperationOverride>();
  if (!value) {
    return value.error();
  }
  if (phy.address() != 0) {
    value->raw |= Ksz8081OperationOverride::kBroadcastOff;
  }
  return phy.Write(*value);
}

// Energy detect power-down makes links flap with partners that save energy themselves.
base::Status KeepReceiverPowered(Phy& phy) {
  auto value = phy.Read<Lan87xxModeControl>();
  if (!value) {
    return value.error();
  }
  value->raw &= static_cast<uint16_t>(~Lan87xxModeControl::kEnergyDetectPowerDown);
  return phy.Write(*value);
}

constexpr uint32_t kAnyRevision = 0xfffffff0;
constexpr auto kReadKsz8081 = ReadOperationMode<Ksz8081Control1>;
constexpr auto kReadIp101g = ReadOperationMode<Ip101gStatus>;

// clang-format off
constexpr std::array kPhyModels = std::to_array<PhyModel>({
    // id         mask          name             read_link       configure                LAN87xx irq
    {0x00221510, kAnyRevision, "KSZ8041",        nullptr,        nullptr,                 false},
    {0x00221550, kAnyRevision, "KSZ8051",        nullptr,        nullptr,                 false},
    {0x00221560, kAnyRevision, "KSZ8081",        kReadKsz8081,   SilenceBroadcastAddress, false},
    {0x00221570, kAnyRevision, "KSZ8061",        nullptr,        nullptr,                 false},
    {0x00221610, kAnyRevision, "KS8721",         nullptr,        nullptr,                 false},
    {0x0007c0a0, kAnyRevision, "LAN83C185",      ReadLan87xx,    KeepReceiverPowered,     true},
    {0x0007c0b0, kAnyRevision, "LAN8187",        ReadLan87xx,    KeepReceiverPowered,     true},
    {0x0007c0c0, kAnyRevision, "LAN8700",        ReadLan87xx,    KeepReceiverPowered,     true},
    // QEMU's model has none of the vendor registers but the interrupt pair.
    {0x0007c0d0, kAnyRevision, "LAN911x",        nullptr,        nullptr,                 true},
    {0x0007c0f0, kAnyRevision, "LAN8710/8720",   ReadLan87xx,    KeepReceiverPowered,     true},
    {0x0007c110, kAnyRevision, "LAN8740",        ReadLan87xx,    KeepReceiverPowered,     true},
    {0x0007c120, kAnyRevision, "LAN8741",        ReadLan87xx,    KeepReceiverPowered,     true},
    {0x0007c130, kAnyRevision, "LAN8742",        ReadLan87xx,    KeepReceiverPowered,     true},
    {0x20005c90, kAnyRevision, "DP83848C",       ReadDp83848,    nullptr,                 false},
    {0x20005ca0, kAnyRevision, "DP83848/DP83849", ReadDp83848,   nullptr,                 false},
    {0x20005ce0, kAnyRevision, "DP83630/DP83640", ReadDp83848,   nullptr,                 false},
    {0x2000a110, kAnyRevision, "DP83826",        nullptr,        nullptr,                 false},
    {0x2000a130, kAnyRevision, "DP83826",        nullptr,        nullptr,                 false},
    {0x2000a140, kAnyRevision, "DP83825",        nullptr,        nullptr,                 false},
    {0x2000a240, kAnyRevision, "DP83822",        nullptr,        nullptr,                 false},
    {0x001cc810, kAnyRevision, "RTL8201F",       ReadForcedMode, nullptr,                 false},
    {0x00008201, 0xffffffff,   "RTL8201CP",      ReadForcedMode, nullptr,                 false},
    {0x02430c50, kAnyRevision, "IP101",          kReadIp101g,    nullptr,                 false},
    {0x02430d80, kAnyRevision, "IP175C",         nullptr,        nullptr,                 false},
    {0x00831400, kAnyRevision, "ENC28J60",       ReadEnc28j60,   nullptr,                 false},
    {0x0181b880, kAnyRevision, "DM9161E",        ReadDm9161,     nullptr,                 false},
    {0x0181b8a0, kAnyRevision, "DM9161A/DM9051", ReadDm9161,     nullptr,                 false},
    {0x0181b8b0, kAnyRevision, "DM9161B/C",      ReadDm9161,     nullptr,                 false},
    {0x0181b800, 0xfffffc00,   "DM9000",         ReadDm9161,     nullptr,                 false},
    {0x73719010, kAnyRevision, "CH390",          nullptr,        nullptr,                 false},
    {0x0283bc20, kAnyRevision, "ADIN1200",       nullptr,        nullptr,                 false},
    {0x00000000, 0x00000000,   "generic",        nullptr,        nullptr,                 false},
});
// clang-format on

const PhyModel* FindKnown(uint32_t id) {
  const std::span known(kPhyModels.data(), kPhyModels.size() - 1);
  for (const PhyModel& model : known) {
    if (((id ^ model.id) & model.id_mask) == 0) {
      return &model;
    }
  }
  return nullptr;
}

}  // namespace

base::Result<base::LinkMode> ReadForcedMode(Phy& phy) {
  const auto control = phy.ReadPlausible<BasicControl>();
  if (!control) {
    return std::unexpected(control.error());
  }
  return Up(control->has(BasicControl::kSpeed100) ? 100 : 10,
            control->has(BasicControl::kFullDuplex));
}

std::span<const PhyModel> phy_models() { return kPhyModels; }

const PhyModel& FindPhyModel(uint32_t id) {
  const PhyModel* const known = FindKnown(id);
  return known == nullptr ? kPhyModels.back() : *known;
}

const PhyModel* FindBitSlip(uint32_t id) {
  if (FindKnown(id) != nullptr) {
    return nullptr;
  }
  // The bit that fell out is part of the revision, the one that came in is unknown.
  const PhyModel* const low = FindKnown(id << 1);
  return low != nullptr ? low : FindKnown(id << 1 | 0x80000000);
}

}  // namespace drivers
