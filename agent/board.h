// What a board provides to the agent, and what agent/main.cc calls. Each board's board.cc defines
// these functions; there is one board in an image.
#pragma once

#include "stack/base/time.h"

namespace agent {

class App;

// Sets up clocks, pins and drivers and constructs the App. Call once.
App& StartBoard();

// The time since start-up: the only clock.
base::Instant Now();

// Sleeps until `deadline` or until an interrupt left something to do, whichever comes first; not at
// all when `deadline` has passed. May return early. A wake-up between the loop's last look and the
// sleep is not lost.
void SleepUntil(base::Instant deadline);

// Restarts the board on request of the host. The boot counter goes on.
[[noreturn]] void RestartBoard();

}  // namespace agent
