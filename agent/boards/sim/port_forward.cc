#include "agent/boards/sim/port_forward.h"

#include <array>
#include <cstdio>
#include <string_view>

#include <arpa/inet.h>

namespace agent::sim {
namespace {

constexpr bool IsPort(unsigned number) { return number > 0 && number <= 65535; }

}  // namespace

std::optional<PortForward> ParsePortForward(const char* text) {
  std::array<char, 4> protocol{};
  std::array<char, 16> address{};
  unsigned host_port = 0;
  unsigned board_port = 0;
  char end = 0;
  const bool no_address =
      std::sscanf(text, "%3[a-z]::%5u-:%5u%c", protocol.data(), &host_port, &board_port, &end) == 3;
  if (!no_address && std::sscanf(text, "%3[a-z]:%15[0-9.]:%5u-:%5u%c", protocol.data(),
                                 address.data(), &host_port, &board_port, &end) != 4) {
    return std::nullopt;
  }
  PortForward forward{.udp = std::string_view(protocol.data()) == "udp",
                      .host = base::Ipv4Address::From(127, 0, 0, 1),
                      .host_port = static_cast<uint16_t>(host_port),
                      .board_port = static_cast<uint16_t>(board_port)};
  in_addr parsed{};
  if (!no_address) {
    if (::inet_pton(AF_INET, address.data(), &parsed) != 1) {
      return std::nullopt;
    }
    forward.host.value = ntohl(parsed.s_addr);
  }
  const bool is_known = forward.udp || std::string_view(protocol.data()) == "tcp";
  if (!is_known || !IsPort(host_port) || !IsPort(board_port)) {
    return std::nullopt;
  }
  return forward;
}

}  // namespace agent::sim
