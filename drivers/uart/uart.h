// What the control link asks of a UART: two byte queues between the main loop and the interrupts.
#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/base/bytes.h"
#include "stack/base/fields.h"

namespace drivers {

struct UartStats {
  uint64_t rx_octets = 0;
  uint64_t tx_octets = 0;
  uint32_t rx_overruns = 0;   // the hardware lost at least one byte
  uint32_t rx_ring_full = 0;  // times that reception paused because nobody called Read
  uint32_t rx_errors = 0;     // framing, parity or break, where the hardware tells
  uint32_t tx_overruns = 0;   // the hardware was written to while full

  static constexpr auto kFields =
      base::FieldList{base::Field{"rx_octets", &UartStats::rx_octets},
                      base::Field{"tx_octets", &UartStats::tx_octets},
                      base::Field{"rx_overruns", &UartStats::rx_overruns},
                      base::Field{"rx_ring_full", &UartStats::rx_ring_full},
                      base::Field{"rx_errors", &UartStats::rx_errors},
                      base::Field{"tx_overruns", &UartStats::tx_overruns}};
};

class Uart {
 public:
  // Moves received bytes to `out`; returns how many. Never waits.
  virtual size_t Read(base::ByteSpan out) = 0;
  // Queues as much of `data` as fits and returns how much that was. Never waits.
  virtual size_t Write(base::ConstByteSpan data) = 0;
  // Bytes that Write would take now.
  virtual size_t write_room() const = 0;
  virtual const UartStats& stats() const = 0;
  // No interrupt tells of received bytes, or of new room: somebody has to look.
  virtual bool is_polled() const { return false; }

 protected:
  ~Uart() = default;
};

}  // namespace drivers
