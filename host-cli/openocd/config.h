// Which OpenOCD there is, and where its configuration files are.
#pragma once

#include <string>
#include <vector>

#include "host-cli/error.h"

namespace netctl {

// $NETCTL_OPENOCD, else openocd of PATH.
std::string OpenOcdProgram();

// Of `openocd --version`: "0.12.0". kChannel: not installed, or older than 0.12.
Expected<std::string> OpenOcdVersion(const std::string& program);

// "0.12.0" from what `openocd --version` prints; empty when it prints something else.
std::string ParseOpenOcdVersion(std::string_view text);

// What stands behind -f for each file of `config`: one, or several with commas between them. A path
// as it is; NAME or NAME.cfg of $NETCTL_OPENOCD_DIR, of scripts/openocd beside the sources, or of
// ../share/netctl/openocd beside the program; else left for OpenOCD to search in its own folders.
std::vector<std::string> FindConfigs(const std::string& config);

}  // namespace netctl
