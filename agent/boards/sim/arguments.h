// The command line of the simulated board.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "stack/base/address.h"
#include "stack/base/bounded.h"

namespace agent::sim {

// A port of this host that leads to one of the board, by the user-mode network.
struct PortForward {
  bool udp = false;
  base::Ipv4Address host;  // where this host listens
  uint16_t host_port = 0;
  uint16_t board_port = 0;
};

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
