#include "host-cli/channels/open.h"

#include <filesystem>
#include <system_error>

#include <fmt/format.h>

namespace netctl {

Expected<std::unique_ptr<Channel>> OpenChannel(const ChannelUrl& url, base::Instant deadline) {
  switch (url.kind) {
    case ChannelUrl::Kind::kSerial:
      return OpenSerial(url);
    case ChannelUrl::Kind::kSocket:
      return OpenTcp(url, deadline);
    case ChannelUrl::Kind::kUnix:
      return OpenUnix(url);
    case ChannelUrl::Kind::kExec:
      return OpenExec(url);
    case ChannelUrl::Kind::kQemu:
      return OpenQemu(url);
    case ChannelUrl::Kind::kSim:
      return OpenSim(url);
    case ChannelUrl::Kind::kVboard:
      return OpenVboard(url);
    case ChannelUrl::Kind::kProbe:
    case ChannelUrl::Kind::kOpenOcd:
      return OpenRtt(url, deadline);
  }
  return Fail(ExitCode::kUsage, fmt::format("no such channel: {}", url.text));
}

namespace {

// The same probe under another name is told apart by USB: only one program can claim it.
std::string ProbeLockKey(const std::string& name) {
  return fmt::format("probe-{}", name.empty() ? "any" : name);
}

}  // namespace

std::string LockKey(const ChannelUrl& url) {
  switch (url.kind) {
    case ChannelUrl::Kind::kSerial:
    case ChannelUrl::Kind::kUnix: {
      std::error_code ignored;
      const auto real = std::filesystem::weakly_canonical(url.path, ignored);
      return ignored ? url.path : real.string();
    }
    case ChannelUrl::Kind::kSocket:
      return fmt::format("{}:{}", url.host, url.port);
    case ChannelUrl::Kind::kOpenOcd:
      if (!url.host.empty()) {
        return fmt::format("{}:{}", url.host, url.port);
      }
      return url.Option("probe").empty() ? fmt::format("openocd-{}", url.path)
                                         : ProbeLockKey(url.Option("probe"));
    case ChannelUrl::Kind::kProbe:
      return ProbeLockKey(url.path);
    default:
      return {};
  }
}

}  // namespace netctl
