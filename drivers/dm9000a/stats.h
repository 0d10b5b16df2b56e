// What a DM9000A tells beyond the common counters.
#pragma once

#include <cstdint>

#include "stack/base/fields.h"

namespace drivers {

// What EthernetStats sums up, by cause. Names as in the datasheet's status registers.
struct Dm9000aStats {
  uint32_t rx_runts = 0;
  uint32_t rx_late_collisions = 0;
  uint32_t rx_watchdog = 0;
  uint32_t rx_physical_layer = 0;
  uint32_t rx_alignment_errors = 0;
  uint32_t rx_crc_errors = 0;
  uint32_t rx_fifo_overflows = 0;
  uint32_t rx_counter_overflows = 0;  // more than 127 frames lost between two looks
  uint32_t rx_bad_ready_bytes = 0;    // each healed by a reset
  uint32_t rx_bad_headers = 0;        // each healed by a reset
  uint32_t rx_overflow_resets = 0;    // the overflow stayed though the memory was empty
  uint32_t tx_jabber = 0;
  uint32_t tx_loss_of_carrier = 0;
  uint32_t tx_no_carrier = 0;
  uint32_t tx_late_collisions = 0;
  uint32_t tx_collisions = 0;  // frames that collided, sent in the end or not
  uint32_t tx_excessive_collisions = 0;
  uint32_t tx_underruns = 0;
  uint32_t tx_stalls = 0;         // a frame did not leave within a second; healed by a reset
  uint32_t reset_timeouts = 0;    // NCR.RST stayed set
  uint32_t phy_bus_timeouts = 0;  // accesses of the PHY that did not finish

  static constexpr auto kFields = base::FieldList{
      base::Field{"rx_runts", &Dm9000aStats::rx_runts},
      base::Field{"rx_late_collisions", &Dm9000aStats::rx_late_collisions},
      base::Field{"rx_watchdog", &Dm9000aStats::rx_watchdog},
      base::Field{"rx_physical_layer", &Dm9000aStats::rx_physical_layer},
      base::Field{"rx_alignment_errors", &Dm9000aStats::rx_alignment_errors},
      base::Field{"rx_crc_errors", &Dm9000aStats::rx_crc_errors},
      base::Field{"rx_fifo_overflows", &Dm9000aStats::rx_fifo_overflows},
      base::Field{"rx_counter_overflows", &Dm9000aStats::rx_counter_overflows},
      base::Field{"rx_bad_ready_bytes", &Dm9000aStats::rx_bad_ready_bytes},
      base::Field{"rx_bad_headers", &Dm9000aStats::rx_bad_headers},
      base::Field{"rx_overflow_resets", &Dm9000aStats::rx_overflow_resets},
      base::Field{"tx_jabber", &Dm9000aStats::tx_jabber},
      base::Field{"tx_loss_of_carrier", &Dm9000aStats::tx_loss_of_carrier},
      base::Field{"tx_no_carrier", &Dm9000aStats::tx_no_carrier},
      base::Field{"tx_late_collisions", &Dm9000aStats::tx_late_collisions},
      base::Field{"tx_collisions", &Dm9000aStats::tx_collisions},
      base::Field{"tx_excessive_collisions", &Dm9000aStats::tx_excessive_collisions},
      base::Field{"tx_underruns", &Dm9000aStats::tx_underruns},
      base::Field{"tx_stalls", &Dm9000aStats::tx_stalls},
      base::Field{"reset_timeouts", &Dm9000aStats::reset_timeouts},
      base::Field{"phy_bus_timeouts", &Dm9000aStats::phy_bus_timeouts}};
};

}  // namespace drivers
