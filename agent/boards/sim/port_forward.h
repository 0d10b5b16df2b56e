// A port of this host that leads to one of the board, by the user-mode network.
#pragma once

#include <cstdint>
#include <optional>

#include "stack/base/address.h"

namespace agent::sim {

struct PortForward {
  bool udp = false;
  base::Ipv4Address host;  // where this host listens
  uint16_t host_port = 0;
  uint16_t board_port = 0;
};

// As QEMU writes it: tcp:127.0.0.1:8080-:80. Without an address: 127.0.0.1. Nothing when it is not
// understood.
std::optional<PortForward> ParsePortForward(const char* text);

}  // namespace agent::sim
