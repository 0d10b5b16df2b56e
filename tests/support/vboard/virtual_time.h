// The time of a virtual board: it passes as instructions are executed.
#pragma once

#include <cstdint>
#include <limits>

namespace test {

// Picoseconds since the board was made: 168 MHz are no whole number of nanoseconds.
using VirtualTime = int64_t;

constexpr VirtualTime kNever = std::numeric_limits<VirtualTime>::max();
constexpr VirtualTime kPicosecondsPerSecond = 1'000'000'000'000;
constexpr VirtualTime kMicrosecond = 1'000'000;
constexpr VirtualTime kMillisecond = 1'000 * kMicrosecond;

__extension__ using Int128 = __int128;

// Whole periods of a clock of `hertz` in `duration`.
constexpr uint64_t TicksIn(VirtualTime duration, uint32_t hertz) {
  return static_cast<uint64_t>(Int128{duration} * hertz / kPicosecondsPerSecond);
}

// The shortest duration in which TicksIn() counts `ticks`. `hertz` is not 0.
constexpr VirtualTime DurationOf(uint64_t ticks, uint32_t hertz) {
  return static_cast<VirtualTime>(
      (Int128{ticks} * kPicosecondsPerSecond + static_cast<Int128>(hertz) - 1) / hertz);
}

}  // namespace test
