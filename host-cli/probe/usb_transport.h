// CMSIS-DAP version 2: bulk transfers, one for each packet and one for each reply.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "host-cli/error.h"
#include "host-cli/probe/dap_transport.h"
#include "host-cli/probe/probe_info.h"

namespace netctl {

// kChannel: another program has the interface, and which; no permission; unplugged.
Expected<std::unique_ptr<DapTransport>> OpenUsbTransport(const ProbeInfo& probe);

}  // namespace netctl
