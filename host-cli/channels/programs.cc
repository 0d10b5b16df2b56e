// Channels whose other end is a program of the user's, or the simulated agent.
#include <filesystem>
#include <sstream>
#include <system_error>

#include <fmt/format.h>

#include "host-cli/channels/open.h"
#include "host-cli/channels/process_channel.h"
#include "host-cli/paths.h"

namespace netctl {
namespace {

Expected<std::unique_ptr<Channel>> Run(std::vector<std::string> arguments,
                                       const std::string& description, bool kill_at_once) {
  auto sockets = SocketPair();
  if (!sockets) {
    return std::unexpected(sockets.error());
  }
  auto child = ChildProcess::Start({.arguments = std::move(arguments),
                                    .stdio = sockets->second.get(),
                                    .kill_at_once = kill_at_once});
  if (!child) {
    return std::unexpected(child.error());
  }
  return std::make_unique<ProcessChannel>(std::move(sockets->first), description, std::move(*child),
                                          Json::object());
}

}  // namespace

Expected<std::unique_ptr<Channel>> OpenExec(const ChannelUrl& url) {
  return Run({"/bin/sh", "-c", url.path}, url.text, false);
}

Expected<std::unique_ptr<Channel>> OpenSim(const ChannelUrl& url) {
  std::string program = Environment("NETCTL_AGENT_SIM");
  if (program.empty()) {
    program = (ProgramDirectory() / "netctl_agent_sim").string();
  }
  std::error_code ignored;
  if (!std::filesystem::exists(program, ignored)) {
    return Fail(ExitCode::kUsage, fmt::format("no simulated agent: {} does not exist", program),
                "build it with scripts/build, or set NETCTL_AGENT_SIM");
  }
  std::vector<std::string> arguments{program};
  std::istringstream words(url.path);
  for (std::string word; words >> word;) {
    arguments.push_back(word);
  }
  return Run(std::move(arguments), url.text, true);
}

}  // namespace netctl
