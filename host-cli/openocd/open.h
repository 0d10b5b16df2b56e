// The target's memory by way of OpenOCD's Tcl RPC (OpenOCD 0.12 manual, chapter 19 "Tcl Scripting
// API").
#pragma once

#include <memory>
#include <string>

#include "host-cli/error.h"
#include "host-cli/probe/target_memory.h"
#include "stack/base/time.h"

namespace netctl {

// One that runs already: its tcl_port. kChannel: nobody listens, or it is no OpenOCD with a target.
Expected<std::unique_ptr<TargetMemory>> AttachOpenOcd(const std::string& host, uint16_t port,
                                                      base::Instant deadline);

struct OpenOcdOptions {
  std::string config;  // a file, or a name of scripts/openocd or of OpenOCD's own script folder
  std::string probe;   // serial number, or VID:PID:SERIAL; empty: the only one
};

// One of netctl's own, which ends with it. kChannel: OpenOCD is missing, too old, or does not
// start: with its own words.
Expected<std::unique_ptr<TargetMemory>> StartOpenOcd(const OpenOcdOptions& options,
                                                     base::Instant deadline);

}  // namespace netctl
