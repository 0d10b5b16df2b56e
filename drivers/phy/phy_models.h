// One row per PHY: how to know it and what is special about it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "stack/base/cable.h"
#include "stack/base/link.h"
#include "stack/base/result.h"
#include "stack/base/time.h"

namespace drivers {

class Phy;

// The interrupt pin. Errors of MdioBus.
struct PhyInterrupts {
  // Changes of the link pull the pin, nothing else does.
  base::Status (*enable)(Phy& phy);
  // Lets go of the pin.
  base::Status (*acknowledge)(Phy& phy);
};

// Time domain reflectometry, one pair of the cable after the other. Errors of MdioBus.
struct PhyCableTest {
  base::Duration settle;  // between `select` and `start`
  // The link goes down. `pair` 0: pins 1 and 2 of the connector; 1: pins 3 and 6.
  base::Status (*select)(Phy& phy, uint8_t pair);
  base::Status (*start)(Phy& phy);
  // kUnavailable: the measurement runs.
  base::Result<base::CablePair> (*read)(Phy& phy);
};

struct PhyModel {
  uint32_t id;       // registers 2 and 3
  uint32_t id_mask;  // the bits of `id` that count; the revision does not
  std::string_view name;
  // Speed and duplex of a link that is up, from the vendor's status register. kUnavailable: not
  // settled yet. nullptr: resolve them from registers 4 and 5.
  base::Result<base::LinkMode> (*read_link)(Phy& phy) = nullptr;
  // Once after each reset. nullptr: nothing to do.
  base::Status (*configure)(Phy& phy) = nullptr;
  const PhyInterrupts* interrupts = nullptr;  // nullptr: no pin, or none that tells of the link
  const PhyCableTest* cable_test = nullptr;   // nullptr: cannot
  // Sends back to the partner what it sends (far-end loopback). nullptr: cannot.
  base::Status (*set_far_loopback)(Phy& phy, bool on) = nullptr;
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
