// Pauses that a signal ends.
#pragma once

#include "stack/base/time.h"

namespace netctl {

// True at once when a signal is there that nobody took notice of yet (interrupt.h), false after
// `duration`.
bool PauseUntilSignal(base::Duration duration);

}  // namespace netctl
