#include "agent/boards/sim/arguments.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

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

PortForward ParseForward(const char* text) {
  const std::optional<PortForward> forward = ParsePortForward(text);
  if (!forward) {
    Usage();
  }
  return *forward;
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
