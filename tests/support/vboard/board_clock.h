// Time and clock frequencies as the parts of a chip see them.
#pragma once

#include <cstdint>

#include "tests/support/vboard/virtual_time.h"

namespace test {

class BoardClock {
 public:
  virtual ~BoardClock() = default;
  // Within a slice it counts the instructions executed so far.
  virtual VirtualTime now() const = 0;
  // Of the AHB and the core, in Hz.
  virtual uint32_t hclk() const = 0;
};

// The whole ticks of one clock, counted without losing fractions.
class TickCounter {
 public:
  void Start(VirtualTime now) { counted_to_ = now; }
  // Ticks since the last call.
  uint64_t Take(VirtualTime now, uint32_t hertz) {
    const uint64_t ticks = TicksIn(now - counted_to_, hertz);
    counted_to_ += DurationOf(ticks, hertz);
    return ticks;
  }
  // When `ticks` more have passed.
  VirtualTime After(uint64_t ticks, uint32_t hertz) const {
    return counted_to_ + DurationOf(ticks, hertz);
  }

 private:
  VirtualTime counted_to_ = 0;
};

}  // namespace test
