// netctl.toml: the targets of a project, a user, a rig.
//
//   default = "bench"                         # target of commands without -t
//   [target.bench]
//   channel = "serial:///dev/serial/by-id/usb-FTDI_1234-if00-port0?baud=921600"
//   probe   = "probe:"                      # debug port for mem, reset --hard
//   peer    = "192.168.7.1"                   # host that tests talk to, seen from the board
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "host-cli/error.h"
#include "host-cli/target.h"

namespace netctl {

struct Configuration {
  std::map<std::string, Target> targets;
  std::string default_target;  // empty: no file names one
  std::string default_origin;  // where it was named
};

// The files that are looked at, the strongest first: ./netctl.toml,
// $XDG_CONFIG_HOME/netctl/config.toml, /etc/netctl.toml.
std::vector<std::filesystem::path> ConfigurationFiles();

// Reads those of `files` that exist; what stands in an earlier file hides what stands in a later
// one. The built-in targets qemu and sim are the weakest. kUsage with file:line for anything that
// is no TOML, no known key, or no channel.
Expected<Configuration> LoadConfiguration(std::span<const std::filesystem::path> files);

// The target called `wanted`, or the one that a URL makes; empty: NETCTL_TARGET, then the default.
// kUsage for a name that nobody defined.
Expected<Target> FindTarget(const Configuration& configuration, std::string_view wanted);

}  // namespace netctl
