#include <algorithm>
#include <thread>

#include "host-cli/commands/job.h"
#include "host-cli/commands/network.h"
#include "host-cli/commands/perf.h"
#include "host-cli/format.h"

namespace netctl {
namespace {

bool Done(const PeerFlow& flow) { return flow.finished || !flow.error.empty(); }

// The peer's threads notice the end of a connection a moment after the board does.
std::vector<PeerFlow> FinishedFlows(const PerfPeer& peer, size_t expected) {
  constexpr int kTries = 40;
  std::vector<PeerFlow> flows;
  for (int i = 0; i < kTries; ++i) {
    flows = peer.flows();
    if (flows.size() >= expected && std::ranges::all_of(flows, Done)) {
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return flows;
}

Expected<PerfResult> Join(const std::vector<protocol::PerfInterval>& totals,
                          const std::vector<PeerFlow>& flows) {
  PerfResult result;
  for (const protocol::PerfInterval& board : totals) {
    const auto host = std::ranges::find(flows, board.sending, &PeerFlow::board_sends);
    if (host == flows.end()) {
      return Fail(ExitCode::kFailed, "a connection of the board did not arrive here");
    }
    if (!host->error.empty()) {
      return Fail(ExitCode::kFailed, fmt::format("the connection broke: {}", host->error));
    }
    result.flows.push_back({board, *host});
  }
  return result;
}

}  // namespace

Expected<PerfResult> MeasureTcp(
    Context& context, const PeerAddress& peer, protocol::PerfRequest request,
    const std::function<void(const protocol::PerfInterval&)>& on_interval) {
  std::vector<protocol::PerfInterval> totals;
  try {
    const PerfPeer server({.address = peer.bind,
                           .duration = std::chrono::milliseconds(request.duration_ms),
                           .bytes = request.bytes});
    request.peer = {peer.reached, server.port()};
    const auto silence = std::chrono::milliseconds(request.interval_ms) + std::chrono::seconds(60);
    const auto ended = RunJob<protocol::PerfTcp>(
        context.client, request,
        [&](const JobEvent& event) {
          if (const auto interval = event.As<protocol::PerfStep>()) {
            on_interval(*interval);
            if (interval->total) {
              totals.push_back(*interval);
            }
          }
        },
        silence);
    if (!ended) {
      return std::unexpected(ended.error());
    }
    if (*ended != base::Status::kOk) {
      return std::unexpected(JobError(*ended, fmt::format("TCP to {}", request.peer)));
    }
    return Join(totals, FinishedFlows(server, totals.size()));
  } catch (const SocketError& error) {
    return Fail(ExitCode::kFailed, error.message);
  }
}

double BitsPerSecond(const protocol::PerfInterval& interval) {
  const uint64_t duration_us = interval.end_us - interval.start_us;
  return duration_us == 0
             ? 0
             : static_cast<double>(interval.bytes) * 8e6 / static_cast<double>(duration_us);
}

Json IntervalJson(const protocol::PerfInterval& interval) {
  return {{"sender", interval.sending},
          {"start", static_cast<double>(interval.start_us) / 1e6},
          {"end", static_cast<double>(interval.end_us) / 1e6},
          {"seconds", static_cast<double>(interval.end_us - interval.start_us) / 1e6},
          {"bytes", interval.bytes},
          {"bits_per_second", BitsPerSecond(interval)},
          {"retransmits", interval.retransmits},
          {"snd_cwnd", interval.cwnd},
          {"window", interval.window},
          {"rtt", interval.rtt_us}};
}

}  // namespace netctl
