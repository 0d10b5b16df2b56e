// The command line of the simulated board.
#pragma once

#include <array>
#include <optional>

#include "agent/boards/sim/port_forward.h"
#include "stack/base/address.h"
#include "stack/base/bounded.h"

namespace agent::sim {

struct Arguments {
  const char* tap = nullptr;          // nullptr: user-mode network
  const char* socket_path = nullptr;  // the channel is the first connection to it
  bool pty = false;                   // the channel is a pseudo terminal
  std::optional<base::MacAddress> mac;
  base::Bounded<PortForward, 16> forwards;
  std::array<char*, 64> all{};  // as execv wants them
};

// From the kernel: StartBoard has no arguments on real boards. Ends the process with a message when
// they make no sense.
Arguments ReadArguments();

}  // namespace agent::sim
