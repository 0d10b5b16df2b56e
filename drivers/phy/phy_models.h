// One row per PHY: how to know it and what is special about it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "stack/base/link.h"
#include "stack/base/result.h"

namespace drivers {

class Phy;

struct PhyModel {
  uint32_t id;       // registers 2 and 3
  uint32_t id_mask;  // the bits of `id` that count; the revision does not
  std::string_view name;
  // Speed and duplex of a link that is up, from the vendor's status register. kUnavailable: not
  // settled yet. nullptr: resolve them from registers 4 and 5.
  base::Result<base::LinkMode> (*read_link)(Phy& phy) = nullptr;
  // Once after each reset. nullptr: nothing to do.
  base::Status (*configure)(Phy& phy) = nullptr;
  // Has the interrupt registers of the LAN87xx (29 and 30).
  bool has_lan87xx_interrupts = false;
};

// What register 0 says: speed and duplex without negotiation, and on PHYs that put the result of
// negotiation there.
base::Result<base::LinkMode> ReadForcedMode(Phy& phy);

// The last row is the generic one and fits every id.
std::span<const PhyModel> phy_models();

const PhyModel& FindPhyModel(uint32_t id);

// The model whose id, shifted right by one bit, is `id`: what a management bus reads whose
// turnaround is one clock late. nullptr when there is none, or when `id` is a known one itself.
const PhyModel* FindBitSlip(uint32_t id);

}  // namespace drivers
