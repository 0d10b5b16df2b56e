// What a command gets to work with.
#pragma once

#include <functional>

#include "host-cli/client.h"
#include "host-cli/report.h"
#include "host-cli/target.h"

namespace netctl {

// As typed: global options may stand before or behind the command.
struct GlobalOptions {
  std::string target;        // -t, NETCTL_TARGET; empty: the configuration's default
  base::Duration timeout{};  // of the whole command; 0 for none
  bool json = false;
  bool quiet = false;
  bool no_color = false;
  base::Duration lock_wait{};  // while somebody else holds the board
  bool takeover = false;       // end the session that holds the board
  bool version = false;
  std::string command;  // "netctl ping", for the record of a lock
  int verbose = 0;      // -v debug, -vv trace
};

struct Context {
  const GlobalOptions& options;
  Report& report;
  Client& client;  // opens the target's channel at its first use
  // The target of that name; empty: the one of this command. kUsage when the configuration does not
  // know it.
  std::function<Expected<Target>(std::string_view name)> find_target;
  Expected<Target> target() const { return find_target({}); }
};

}  // namespace netctl
