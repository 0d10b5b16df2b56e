// SIGINT and SIGTERM: the first one is noticed by whoever waits, the second ends the process at
// once.
#pragma once

#include <optional>

#include "host-cli/exit_code.h"

namespace netctl {

// Installs the handlers; once, by main.
void HandleInterrupts();

// kInterrupted or kTerminated once the first signal arrived.
std::optional<ExitCode> Interrupted();

// Readable from the first signal on; -1 before HandleInterrupts.
int InterruptFd();
// Whoever saw it readable calls this, so that waiting during clean-up waits.
void DrainInterruptFd();

// For tests: as if `signal` had arrived (0 takes it back).
void SimulateInterrupt(int signal);

}  // namespace netctl
