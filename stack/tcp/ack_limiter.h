// How often a connection answers segments that may be forged (RFC 5961 7).
#pragma once

#include <cstdint>

#include "stack/base/time.h"
#include "stack/random.h"

namespace stack {

// A few answers a second. The number is random and each connection has its own, so that nobody
// learns about a connection by counting the answers of another (CVE-2016-5696).
class AckLimiter {
 public:
  bool Allow(base::Instant now, Random& random) {
    if (now >= refill_at_) {
      refill_at_ = now + std::chrono::seconds(1);
      left_ = static_cast<uint8_t>(kFewest + random.Below(kSpread));
    }
    if (left_ == 0) {
      return false;
    }
    --left_;
    return true;
  }

 private:
  static constexpr uint32_t kFewest = 4;
  static constexpr uint32_t kSpread = 5;

  base::Instant refill_at_;
  uint8_t left_ = 0;
};

}  // namespace stack
