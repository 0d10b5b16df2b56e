// CMSIS-DAP version 1: HID reports, by hidapi.
#pragma once

#include <memory>

#include "host-cli/error.h"
#include "host-cli/probe/dap_transport.h"
#include "host-cli/probe/probe_info.h"

namespace netctl {

// kChannel: another program has the interface; no permission; unplugged.
Expected<std::unique_ptr<DapTransport>> OpenHidTransport(const ProbeInfo& probe);

}  // namespace netctl
