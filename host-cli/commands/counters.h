// The board's counters as a flat list of names and values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host-cli/context.h"

namespace netctl {

struct Counter {
  std::string name;  // "tcp.rx_segments"
  uint64_t value = 0;
  uint8_t bits = 32;  // counters wrap at their size
};

struct Counters {
  uint64_t time_us = 0;
  std::vector<Counter> list;

  // Drops counters whose name does not match: a part of the name, or a pattern with * and ? for the
  // whole of it.
  void Keep(std::string_view pattern);
  // What was counted since `before`, modulo the size of each counter.
  Counters Since(const Counters& before) const;
  // The value of one counter; 0 when there is none of this name.
  uint64_t Value(std::string_view name) const;
};

// One round trip; a second one, once for each channel, where a driver has counters of its own.
Expected<Counters> ReadCounters(Context& context);

}  // namespace netctl
