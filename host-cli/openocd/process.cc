#include "host-cli/openocd/process.h"

#include <filesystem>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "host-cli/channels/process_channel.h"
#include "host-cli/clock.h"
#include "host-cli/openocd/config.h"
#include "host-cli/openocd/startup_errors.h"
#include "host-cli/openocd/tcl.h"

namespace netctl {
namespace {

constexpr size_t kKeptLog = 64U << 10;
constexpr base::Duration kStartTimeout = std::chrono::seconds(10);

std::vector<std::string> Arguments(const std::string& program, const OpenOcdOptions& options) {
  std::vector<std::string> arguments{program, "-c",
                                     "gdb_port disabled; telnet_port disabled; tcl_port pipe"};
  for (const std::string& file : FindConfigs(options.config)) {
    arguments.insert(arguments.end(), {"-f", file});
  }
  if (!options.probe.empty()) {
    arguments.insert(arguments.end(), {"-c", "adapter serial " + TclQuote(options.probe)});
  }
  return arguments;
}

std::string ShortName(const std::string& config) {
  return fmt::format("OpenOCD ({})", std::filesystem::path(config).filename().string());
}

// It did not answer: in its own words why.
Error WhyNot(const RpcError& error, const OpenOcdLog& log, const OpenOcdOptions& options) {
  if (error.kind == RpcError::Kind::kInterrupted || error.kind == RpcError::Kind::kScript) {
    return {ExitCode::kChannel, "OpenOCD: " + error.message, {}, {}};
  }
  if (error.kind == RpcError::Kind::kTimeout) {
    const std::string line = LastErrorLine(log.text());
    return {ExitCode::kChannel, fmt::format("OpenOCD did not start in time; it said: {}", line),
            "try it alone: openocd -f " + options.config, std::nullopt};
  }
  return ExplainLog(log.text(), options.config);
}

}  // namespace

void OpenOcdLog::Add(std::string_view text) {
  text_ += text;
  if (text_.size() > kKeptLog) {
    text_.erase(0, text_.size() - kKeptLog);
  }
  line_ += text;
  for (size_t end = 0; (end = line_.find('\n')) != std::string::npos;) {
    const std::string line = line_.substr(0, end);
    line_.erase(0, end + 1);
    spdlog::debug("openocd: {}", line);
    if (listener_) {
      listener_(line);
    }
  }
}

Expected<OpenOcd> LaunchOpenOcd(const OpenOcdOptions& options, base::Instant deadline) {
  const std::string program = OpenOcdProgram();
  const auto version = OpenOcdVersion(program);
  if (!version) {
    return std::unexpected(version.error());
  }
  auto sockets = SocketPair();
  if (!sockets) {
    return std::unexpected(sockets.error());
  }
  auto log = std::make_shared<OpenOcdLog>();
  auto child = ChildProcess::Start({.arguments = Arguments(program, options),
                                    .stdio = sockets->second.get(),
                                    .on_errors = [log](std::string_view text) { log->Add(text); }});
  if (!child) {
    return std::unexpected(child.error());
  }
  sockets->second.Reset();
  Json facts{
      {"openocd_pid", child->pid()}, {"openocd_version", *version}, {"config", options.config}};
  const std::string name = ShortName(options.config);
  OpenOcdRpc rpc(std::make_unique<ProcessChannel>(std::move(sockets->first), name,
                                                  std::move(*child), Json::object()));
  // Only netctl's own accesses reach the target: OpenOCD must not look at it in between.
  const auto ready = rpc.Call("poll off; target names", std::min(deadline, Now() + kStartTimeout));
  if (!ready) {
    return std::unexpected(WhyNot(ready.error(), *log, options));
  }
  if (ready->empty()) {
    return Fail(ExitCode::kChannel, fmt::format("{}: no target in this configuration", name),
                "add one: --config interface/cmsis-dap.cfg,target/stm32f4x.cfg");
  }
  const auto examined =
      rpc.Call("[target current] was_examined", std::min(deadline, Now() + kStartTimeout));
  if (!examined || *examined != "1") {
    return std::unexpected(ExplainLog(log->text(), options.config));
  }
  return OpenOcd{std::move(rpc), std::move(log), name, std::move(facts)};
}

}  // namespace netctl
