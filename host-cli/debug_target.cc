#include "host-cli/debug_target.h"

#include <fmt/format.h>

#include "host-cli/channels/debug_port.h"
#include "host-cli/channels/open.h"

namespace netctl {

Expected<std::string> FindDebugPort(const Target& target) {
  const auto channel = ParseChannelUrl(target.channel);
  if (!channel) {
    return std::unexpected(channel.error());
  }
  if (IsDebugPort(*channel)) {
    return target.channel;
  }
  if (target.probe.empty()) {
    return Fail(ExitCode::kUsage, fmt::format("target '{}' has no debug probe", target.name),
                "name one: -t probe:, -t probe:SERIAL, -t openocd:CONFIG, or probe = \"probe:\" in "
                "netctl.toml");
  }
  return target.probe;
}

Expected<DebugTarget> OpenDebugTarget(const Context& context) {
  const auto target = context.target();
  if (!target) {
    return std::unexpected(target.error());
  }
  const auto port = FindDebugPort(*target);
  if (!port) {
    return std::unexpected(port.error());
  }
  const auto url = ParseChannelUrl(*port);
  if (!url) {
    return std::unexpected(url.error());
  }
  DebugTarget opened;
  if (const std::string key = LockKey(*url); !key.empty()) {
    auto lock = Lock::Take(key, context.options.command, context.options.lock_wait);
    if (!lock) {
      return std::unexpected(lock.error());
    }
    opened.lock = std::move(*lock);
  }
  auto memory = OpenTargetMemory(*url, context.client.deadline());
  if (!memory) {
    return std::unexpected(memory.error());
  }
  opened.memory = std::move(*memory);
  return opened;
}

}  // namespace netctl
