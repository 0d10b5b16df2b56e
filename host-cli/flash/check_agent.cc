#include "host-cli/flash/check_agent.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "host-cli/clock.h"
#include "host-cli/interrupt.h"
#include "host-cli/message_source.h"
#include "host-cli/open_port.h"

namespace netctl {
namespace {

// A board's PHY may take its time before the agent says hello.
constexpr base::Duration kPatience = std::chrono::seconds(5);
constexpr base::Duration kRetry = std::chrono::milliseconds(200);

// Trying again cannot help against these.
bool IsFinal(const Error& error) {
  return error.code == ExitCode::kUsage || error.code == ExitCode::kBusy ||
         error.code == ExitCode::kAgent;
}

}  // namespace

Expected<Peer> CheckAgent(Context& context, const std::string& channel_url,
                          std::optional<uint64_t> expected_build_id) {
  const Target target{.name = channel_url, .channel = channel_url, .peer = {}, .origin = "flash"};
  const base::Instant limit = std::min(Now() + kPatience, context.client.deadline());
  while (true) {
    const auto port = OpenPort(target, context.options, limit, [](std::string_view) {});
    if (port) {
      const Peer& peer = (*port)->peer();
      if (expected_build_id && peer.build_id != *expected_build_id) {
        return Fail(ExitCode::kFlash,
                    fmt::format("the board runs build {:016x}, flashed was {:016x}", peer.build_id,
                                *expected_build_id),
                    "does it start from another memory (boot pins), or is this another board?");
      }
      return peer;
    }
    std::vector<pollfd> none;
    if (IsFinal(port.error()) || Interrupted() || Now() + kRetry >= limit ||
        PollUntil(none, Now() + kRetry)) {
      return std::unexpected(Error(port.error()).In("the agent after flashing"));
    }
  }
}

}  // namespace netctl
