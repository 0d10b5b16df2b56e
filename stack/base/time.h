// Points in time and spans of time. Nothing here knows what time it is: `now` is always an
// argument.
#pragma once

#include <chrono>
#include <cstdint>

namespace base {

// A monotonic count of microseconds since start-up. It has no now() on purpose.
struct Monotonic {
  using rep = int64_t;
  using period = std::micro;
  using duration = std::chrono::duration<rep, period>;
  using time_point = std::chrono::time_point<Monotonic>;
  static constexpr bool is_steady = true;
};

using Duration = Monotonic::duration;
using Instant = Monotonic::time_point;

// "No deadline": later than every other instant.
inline constexpr Instant kNever = Instant::max();

constexpr Instant Earlier(Instant a, Instant b) { return a < b ? a : b; }

constexpr int64_t ToMicroseconds(Instant instant) { return instant.time_since_epoch().count(); }
constexpr int64_t ToMilliseconds(Duration duration) { return duration.count() / 1000; }
constexpr Instant FromMicroseconds(int64_t microseconds) { return Instant(Duration(microseconds)); }

}  // namespace base
