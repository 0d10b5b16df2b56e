// Makes standard input and output the control channel.
#pragma once

#include "agent/boards/sim/arguments.h"

namespace agent::sim {

// With --unix waits for the first connection; with --pty prints the path of the terminal and takes
// its master side. What stands there already, from before a restart, is kept. Ends the process with
// a message when it cannot.
void OpenChannel(const Arguments& arguments);

}  // namespace agent::sim
