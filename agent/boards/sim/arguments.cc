#include "agent/boards/sim/arguments.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <arpa/inet.h>

namespace agent::sim {
namespace {

[[noreturn]] void Usage() {
  std::fputs(
      "usage: netctl_agent_sim [--tap NAME | --hostfwd (tcp|udp):[ADDRESS]:PORT-:BOARDPORT ...]\n"
      "                        [--unix PATH | --pty] [--mac XX:XX:XX:XX:XX:XX]\n"
      "The channel is standard input and output unless --unix or --pty says otherwise.\n",
      stderr);
  std::exit(2);
}

// Everything of /proc/self/cmdline; it lives as long as the process.
void ReadCommandLine(Arguments& arguments) {
  static std::array<char, 4096> text;
  std::FILE* const file = std::fopen("/proc/self/cmdline", "rb");
  const size_t size = file == nullptr ? 0 : std::fread(text.data(), 1, text.size() - 1, file);
  if (file != nullptr) {
    std::fclose(file);
  }
  size_t count = 0;
  for (size_t i = 0; i < size; i += std::strlen(&text[i]) + 1) {
    if (count + 1 == arguments.all.size()) {
      Usage();
    }
    arguments.all[count++] = &text[i];
  }
}

base::MacAddress ParseMac(const char* text) {
  std::array<unsigned, 6> octets{};
  char end = 0;
  if (std::sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%c", &octets[0], &octets[1], &octets[2], &octets[3],
                  &octets[4], &octets[5], &end) != 6) {
    Usage();
  }
  base::MacAddress mac;
  for (size_t i = 0; i < octets.size(); ++i) {
    mac.octets[i] = static_cast<uint8_t>(octets[i]);
  }
  if (mac.is_group() || mac.is_zero()) {
    Usage();
  }
  return mac;
}

// As QEMU writes it: tcp:127.0.0.1:8080-:80.
PortForward ParseForward(const char* text) {
  std::array<char, 4> protocol{};
  std::array<char, 16> address{};
  unsigned host_port = 0;
  unsigned board_port = 0;
  char end = 0;
  const bool no_address =
      std::sscanf(text, "%3[a-z]::%5u-:%5u%c", protocol.data(), &host_port, &board_port, &end) == 3;
  if (!no_address && std::sscanf(text, "%3[a-z]:%15[0-9.]:%5u-:%5u%c", protocol.data(),
                                 address.data(), &host_port, &board_port, &end) != 4) {
    Usage();
  }
  PortForward forward{.udp = std::string_view(protocol.data()) == "udp",
                      .host = base::Ipv4Address::From(127, 0, 0, 1),
                      .host_port = static_cast<uint16_t>(host_port),
                      .board_port = static_cast<uint16_t>(board_port)};
  in_addr parsed{};
  if (!no_address) {
    if (::inet_pton(AF_INET, address.data(), &parsed) != 1) {
      Usage();
    }
    forward.host.value = ntohl(parsed.s_addr);
  }
  const bool known = forward.udp || std::string_view(protocol.data()) == "tcp";
  if (!known || host_port == 0 || host_port > 65535 || board_port == 0 || board_port > 65535) {
    Usage();
  }
  return forward;
}

}  // namespace

Arguments ReadArguments() {
  Arguments arguments;
  ReadCommandLine(arguments);
  for (size_t i = 1; arguments.all[i] != nullptr; ++i) {
    const std::string_view name = arguments.all[i];
    if (name == "--pty") {
      arguments.pty = true;
      continue;
    }
    const char* const value = arguments.all[++i];
    if (value == nullptr) {
      Usage();
    }
    if (name == "--tap") {
      arguments.tap = value;
    } else if (name == "--unix") {
      arguments.socket_path = value;
    } else if (name == "--mac") {
      arguments.mac = ParseMac(value);
    } else if (name != "--hostfwd" || !arguments.forwards.Append(ParseForward(value))) {
      Usage();
    }
  }
  const bool two_channels = arguments.pty && arguments.socket_path != nullptr;
  const bool forwards_on_tap = arguments.tap != nullptr && !arguments.forwards.empty();
  if (two_channels || forwards_on_tap) {
    Usage();
  }
  return arguments;
}

}  // namespace agent::sim
