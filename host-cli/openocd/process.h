// OpenOCD as a child of netctl: its Tcl port is the child's stdin and stdout, its log the stderr.
#pragma once

#include <memory>
#include <string>

#include "host-cli/openocd/log.h"
#include "host-cli/openocd/open.h"
#include "host-cli/openocd/rpc.h"

namespace netctl {

struct OpenOcd {
  OpenOcdRpc rpc;
  std::shared_ptr<OpenOcdLog> log;
  std::string name;  // "OpenOCD (stm32f4-rmii.cfg)"
  Json facts;        // openocd_pid, openocd_version, config
};

// Starts it and waits until it has initialised probe and target. kChannel: as StartOpenOcd.
Expected<OpenOcd> LaunchOpenOcd(const OpenOcdOptions& options, base::Instant deadline);

}  // namespace netctl
