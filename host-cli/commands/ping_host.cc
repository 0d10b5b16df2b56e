// netctl ping --from-host: the system's ping(8) towards the board.
#include <array>
#include <string>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host-cli/commands/network.h"
#include "host-cli/commands/ping.h"
#include "host-cli/format.h"
#include "host-cli/interrupt.h"

extern char** environ;

namespace netctl {
namespace {

std::vector<std::string> Arguments(const HostPingOptions& options, base::Ipv4Address board) {
  const auto seconds = [](base::Duration duration) {
    return fmt::format("{:.3f}", std::chrono::duration<double>(duration).count());
  };
  std::vector<std::string> arguments = {"ping", "-n",
                                        "-i",   seconds(options.interval),
                                        "-s",   std::to_string(options.size),
                                        "-W",   seconds(options.wait)};
  if (options.count != 0) {
    arguments.insert(arguments.end(), {"-c", std::to_string(options.count)});
  }
  arguments.push_back(fmt::format("{}", board));
  return arguments;
}

// Runs ping with its stdout in `text`, line by line to the report. -1: it could not be started.
int RunPing(Report& report, std::vector<std::string> arguments) {
  std::array<int, 2> pipe_ends{};
  if (::pipe2(pipe_ends.data(), O_CLOEXEC) != 0) {
    return -1;
  }
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  std::vector<char*> argv;
  for (std::string& argument : arguments) {
    argv.push_back(argument.data());
  }
  argv.push_back(nullptr);
  pid_t child = -1;
  const int failed = ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(pipe_ends[1]);
  if (failed != 0) {
    ::close(pipe_ends[0]);
    return -1;
  }
  // Ctrl-C reaches ping too: it prints its statistics and ends, which ends this loop.
  std::FILE* lines = ::fdopen(pipe_ends[0], "r");
  std::array<char, 512> line;
  while (std::fgets(line.data(), line.size(), lines) != nullptr) {
    std::string text(line.data());
    text.erase(text.find_last_not_of('\n') + 1);
    report.Event("line", Json{{"text", text}});
    report.Line("{}", text);
  }
  std::fclose(lines);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

}  // namespace

ExitCode PingFromHost(Context& context, const HostPingOptions& options) {
  Report& report = context.report;
  const auto target = context.target();
  if (!target) {
    return report.Fail(target.error());
  }
  const auto ip = WaitForAddress(context, 0);
  if (!ip) {
    return report.Fail(ip.error());
  }
  if (IsUserModeNetwork(*target, ip->settings)) {
    return report.Fail({ExitCode::kSkipped,
                        "this host cannot reach a board behind a user-mode network",
                        "use a target whose network is a TAP device or a real wire",
                        {}});
  }
  const int code = RunPing(report, Arguments(options, ip->settings.address));
  if (code < 0) {
    return report.Fail(
        {ExitCode::kFailed, "cannot run ping", "is the package iputils-ping installed?", {}});
  }
  return code == 0 ? ExitCode::kOk : ExitCode::kFailed;
}

}  // namespace netctl
