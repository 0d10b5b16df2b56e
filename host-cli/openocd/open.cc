#include "host-cli/openocd/open.h"

#include <fmt/format.h>

#include "host-cli/channels/open.h"
#include "host-cli/clock.h"
#include "host-cli/openocd/config.h"
#include "host-cli/openocd/memory.h"
#include "host-cli/openocd/process.h"
#include "host-cli/openocd/tcl.h"

namespace netctl {
namespace {

constexpr base::Duration kAttachTimeout = std::chrono::seconds(2);

// Version, names of targets, and whether it has read_memory.
constexpr char kWhoAreYou[] = "list [version] [target names] [info commands read_memory]";

}  // namespace

Expected<std::unique_ptr<TargetMemory>> AttachOpenOcd(const std::string& host, uint16_t port,
                                                      base::Instant deadline) {
  ChannelUrl url;
  url.kind = ChannelUrl::Kind::kSocket;
  url.host = host;
  url.port = port;
  auto channel = OpenTcp(url, deadline);
  if (!channel) {
    Error error = channel.error();
    error.hint =
        "start OpenOCD first; its tcl_port is 6666 unless the configuration says otherwise";
    return std::unexpected(error);
  }
  const std::string name = fmt::format("OpenOCD at {}:{}", host, port);
  OpenOcdRpc rpc(std::move(*channel));
  const auto answer = rpc.Call(kWhoAreYou, std::min(deadline, Now() + kAttachTimeout));
  if (!answer) {
    return Fail(ExitCode::kChannel, fmt::format("{}: {}", name, answer.error().message),
                "is this OpenOCD's tcl_port (6666), not its telnet or gdb port?");
  }
  const auto facts = ParseTclList(*answer);
  if (!facts || facts->size() != 3) {
    return Fail(ExitCode::kChannel, fmt::format("{}: no answer of OpenOCD's", name),
                "is this OpenOCD's tcl_port (6666), not its telnet or gdb port?");
  }
  const auto& [version, targets, read_memory] = std::tie((*facts)[0], (*facts)[1], (*facts)[2]);
  if (targets.empty()) {
    return Fail(ExitCode::kChannel, fmt::format("{} has no target", name),
                "start it with the configuration of the board");
  }
  if (read_memory.empty()) {
    return Fail(ExitCode::kChannel,
                fmt::format("{} is too old ({}): netctl needs 0.12 or later", name, version));
  }
  return std::make_unique<OpenOcdMemory>(std::move(rpc), nullptr, name,
                                         Json{{"openocd_version", ParseOpenOcdVersion(version)}});
}

Expected<std::unique_ptr<TargetMemory>> StartOpenOcd(const OpenOcdOptions& options,
                                                     base::Instant deadline) {
  auto openocd = LaunchOpenOcd(options, deadline);
  if (!openocd) {
    return std::unexpected(openocd.error());
  }
  return std::make_unique<OpenOcdMemory>(std::move(openocd->rpc), std::move(openocd->log),
                                         openocd->name, std::move(openocd->facts));
}

}  // namespace netctl
