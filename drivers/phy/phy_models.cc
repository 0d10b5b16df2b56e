#include "drivers/phy/phy_models.h"

#include <array>

#include "drivers/phy/vendor_functions.h"

namespace drivers {
namespace {

constexpr uint32_t kAnyRevision = 0xfffffff0;

// clang-format off
constexpr std::array kPhyModels = std::to_array<PhyModel>({
    // id         mask          name               read_link       configure            interrupts            cable_test         set_far_loopback
    {0x00221510, kAnyRevision, "KSZ8041"},
    {0x00221550, kAnyRevision, "KSZ8051"},
    {0x00221560, kAnyRevision, "KSZ8081",         ReadKsz8081,    ConfigureKsz8081,    &kKsz8081Interrupts,  &kKsz8081CableTest, SetKsz8081FarLoopback},
    {0x00221570, kAnyRevision, "KSZ8061"},
    {0x00221610, kAnyRevision, "KS8721"},
    {0x0007c0a0, kAnyRevision, "LAN83C185",       ReadLan87xx,    KeepReceiverPowered, &kLan87xxInterrupts,  nullptr,            SetLan87xxFarLoopback},
    {0x0007c0b0, kAnyRevision, "LAN8187",         ReadLan87xx,    KeepReceiverPowered, &kLan87xxInterrupts,  nullptr,            SetLan87xxFarLoopback},
    {0x0007c0c0, kAnyRevision, "LAN8700",         ReadLan87xx,    KeepReceiverPowered, &kLan87xxInterrupts,  nullptr,            SetLan87xxFarLoopback},
    // QEMU's model has none of the vendor registers but the interrupt pair.
    {0x0007c0d0, kAnyRevision, "LAN911x",         nullptr,        nullptr,             &kLan87xxInterrupts},
    {0x0007c0f0, kAnyRevision, "LAN8710/8720",    ReadLan87xx,    KeepReceiverPowered, &kLan87xxInterrupts,  nullptr,            SetLan87xxFarLoopback},
    {0x0007c110, kAnyRevision, "LAN8740",         ReadLan87xx,    KeepReceiverPowered, &kLan87xxInterrupts,  nullptr,            SetLan87xxFarLoopback},
    {0x0007c120, kAnyRevision, "LAN8741",         ReadLan87xx,    KeepReceiverPowered, &kLan87xxInterrupts,  nullptr,            SetLan87xxFarLoopback},
    {0x0007c130, kAnyRevision, "LAN8742",         ReadLan87xx,    KeepReceiverPowered, &kLan87xxInterrupts,  &kLan8742CableTest, SetLan87xxFarLoopback},
    {0x20005c90, kAnyRevision, "DP83848C",        ReadDp83848,    nullptr,             &kDp83848Interrupts},
    {0x20005ca0, kAnyRevision, "DP83848/DP83849", ReadDp83848,    nullptr,             &kDp83848Interrupts},
    {0x20005ce0, kAnyRevision, "DP83630/DP83640", ReadDp83848,    nullptr,             &kDp83848Interrupts},
    {0x2000a110, kAnyRevision, "DP83826"},
    {0x2000a130, kAnyRevision, "DP83826"},
    {0x2000a140, kAnyRevision, "DP83825"},
    {0x2000a240, kAnyRevision, "DP83822"},
    {0x001cc810, kAnyRevision, "RTL8201F",        ReadForcedMode, nullptr,             &kRtl8201fInterrupts},
    {0x00008201, 0xffffffff,   "RTL8201CP",       ReadForcedMode},
    {0x02430c50, kAnyRevision, "IP101",           ReadIp101g,     nullptr,             &kIp101gInterrupts},
    {0x02430d80, kAnyRevision, "IP175C"},
    {0x00831400, kAnyRevision, "ENC28J60",        ReadEnc28j60,   nullptr,             &kEnc28j60Interrupts},
    {0x0181b880, kAnyRevision, "DM9161E",         ReadDm9161,     nullptr,             &kDm9161Interrupts},
    {0x0181b8a0, kAnyRevision, "DM9161A/DM9051",  ReadDm9161,     nullptr,             &kDm9161Interrupts},
    {0x0181b8b0, kAnyRevision, "DM9161B/C",       ReadDm9161,     nullptr,             &kDm9161Interrupts},
    {0x0181b800, 0xfffffc00,   "DM9000",          ReadDm9161},
    {0x73719010, kAnyRevision, "CH390"},
    {0x0283bc20, kAnyRevision, "ADIN1200"},
    {0x00000000, 0x00000000,   "generic"},
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
