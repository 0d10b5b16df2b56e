// What both transports do while a reply is on its way.
#pragma once

#include <algorithm>

#include "host-cli/clock.h"
#include "host-cli/interrupt.h"
#include "host-cli/probe/memory_error.h"
#include "host-cli/probe/wait.h"

namespace netctl {

// Replies that a program before us did not fetch, and the wait for each.
inline constexpr int kMostStale = 64;
inline constexpr int kStaleTimeout_ms = 10;
// How long a wait goes on before it looks for signals again.
inline constexpr base::Duration kSlice = std::chrono::milliseconds(50);

inline std::unexpected<MemoryError> Unplugged() {
  return FailMemory(MemoryError::Kind::kLost, "the debug probe is gone (unplugged?)",
                    "netctl probes lists what is there");
}

// Until a deadline; after a signal only a little longer, so that the probe stays usable for the
// clean-up.
class ReplyWait {
 public:
  explicit ReplyWait(base::Instant deadline) : deadline_(deadline) {}

  // False: time is up. True: wait for slice() at most, then look again.
  bool Goes() {
    if (Now() >= deadline_) {
      return false;
    }
    if (!signalled_ && PauseUntilSignal({})) {
      signalled_ = true;
      deadline_ = std::min(deadline_, Now() + kGrace);
    }
    return true;
  }
  base::Duration slice() const {
    return std::clamp<base::Duration>(deadline_ - Now(), base::Duration(0), kSlice);
  }
  // Why no reply came.
  std::unexpected<MemoryError> Failure() const {
    return signalled_ ? FailMemory(MemoryError::Kind::kLost,
                                   "interrupted while waiting for the debug probe", {},
                                   Interrupted().value_or(ExitCode::kChannel))
                      : FailMemory(MemoryError::Kind::kLost, "the debug probe does not answer",
                                   "unplug it and plug it in again");
  }

 private:
  static constexpr base::Duration kGrace = std::chrono::milliseconds(100);

  base::Instant deadline_;
  bool signalled_ = false;
};

}  // namespace netctl
