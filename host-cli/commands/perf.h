// TCP throughput, for the command and for bring-up.
#pragma once

#include <functional>
#include <vector>

#include "host-cli/context.h"
#include "host-cli/json.h"
#include "host-cli/peer/peer_address.h"
#include "host-cli/peer/perf_peer.h"
#include "protocol/methods.h"

namespace netctl {

// One direction: what each end counted.
struct PerfFlow {
  protocol::PerfInterval board;
  PeerFlow host;
};
struct PerfResult {
  std::vector<PerfFlow> flows;
};

// Runs `request` against a peer of our own; request.peer is filled in. kFailed when a connection
// broke.
Expected<PerfResult> MeasureTcp(
    Context& context, const PeerAddress& peer, protocol::PerfRequest request,
    const std::function<void(const protocol::PerfInterval&)>& on_interval);

double BitsPerSecond(const protocol::PerfInterval& interval);

// With the key names of iperf3.
Json IntervalJson(const protocol::PerfInterval& interval);

}  // namespace netctl
