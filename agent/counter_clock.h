// Microseconds since start-up out of a free-running 32-bit counter of the board.
#pragma once

#include <cstdint>

#include "stack/base/time.h"

namespace agent {

// Counts on where the counter wraps, so Update must be called at least once per wrap (171 s at
// 25 MHz). Not to be called from two contexts at once.
class CounterClock {
 public:
  // `ticks_per_us` is at least 1; `counter` is where the counter, which counts up, stands now.
  constexpr CounterClock(uint32_t ticks_per_us, uint32_t counter)
      : ticks_per_us_(ticks_per_us), last_(counter) {}

  // The time at which the counter stood at `counter`.
  constexpr base::Instant Update(uint32_t counter) {
    const uint64_t ticks = static_cast<uint64_t>(counter - last_) + remainder_;
    last_ = counter;
    // The sum exceeds 32 bits only when nobody called for almost a whole wrap.
    if (ticks <= UINT32_MAX) [[likely]] {
      const auto few = static_cast<uint32_t>(ticks);
      remainder_ = few % ticks_per_us_;
      microseconds_ += few / ticks_per_us_;
    } else {
      remainder_ = static_cast<uint32_t>(ticks % ticks_per_us_);
      microseconds_ += static_cast<int64_t>(ticks / ticks_per_us_);
    }
    return base::FromMicroseconds(microseconds_);
  }

 private:
  uint32_t ticks_per_us_;
  uint32_t last_;
  uint32_t remainder_ = 0;
  int64_t microseconds_ = 0;
};

}  // namespace agent
