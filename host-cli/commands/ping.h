// Ping in both directions, for the command and for bring-up.
#pragma once

#include <functional>

#include "host-cli/context.h"
#include "protocol/methods.h"

namespace netctl {

// ICMP echo from the board.
Expected<protocol::PingTotals> PingBoard(
    Context& context, const protocol::PingRequest& request,
    const std::function<void(const protocol::PingReply&)>& on_step);

struct HostPingOptions {
  uint16_t count = 0;  // 0: until Ctrl-C
  base::Duration interval{};
  uint16_t size = 56;
  base::Duration wait{};
};

// The system's ping(8) towards the board, its output passed on. kSkipped behind a user-mode
// network, which leads from the board to the host only.
ExitCode PingFromHost(Context& context, const HostPingOptions& options);

}  // namespace netctl
