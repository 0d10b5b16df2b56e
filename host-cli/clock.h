// The only clock of the host program.
#pragma once

#include <chrono>

#include "stack/base/time.h"

namespace netctl {

inline base::Instant Now() {
  return base::Instant(std::chrono::duration_cast<base::Duration>(
      std::chrono::steady_clock::now().time_since_epoch()));
}

}  // namespace netctl
