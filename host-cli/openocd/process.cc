#include "host-cli/openocd/process.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "host-cli/channels/process_channel.h"
#include "host-cli/clock.h"
#include "host-cli/openocd/config.h"
#include "host-cli/openocd/startup_errors.h"
#include "host-cli/openocd/tcl.h"
#include "host-cli/probe/probe_list.h"

namespace netctl {
namespace {

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

// OpenOCD chooses by serial number alone: the one in the selector.
Expected<void> UseSerial(OpenOcdOptions& options) {
  const auto selector = ParseProbeSelector(options.probe);
  if (!selector) {
    return std::unexpected(selector.error());
  }
  if (!options.probe.empty() && selector->serial.value_or("").empty()) {
    return Fail(ExitCode::kUsage,
                fmt::format("probe {}: OpenOCD needs a serial number", options.probe),
                "SERIAL, or VID:PID:SERIAL; netctl probes lists them");
  }
  options.probe = selector->serial.value_or("");
  return {};
}

// Whether one of the files chooses the adapter itself.
bool NamesAdapter(const std::string& config) {
  return std::ranges::any_of(FindConfigs(config), [](const std::string& path) {
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return std::ranges::any_of(
        std::array{"adapter serial", "adapter usb location", "cmsis_dap_vid_pid"},
        [&text](const char* words) { return text.find(words) != std::string::npos; });
  });
}

std::string ShortName(const std::string& config) {
  return fmt::format("OpenOCD ({})", std::filesystem::path(config).filename().string());
}

// "2e8a:000c:E661, 0d28:0204:12".
std::string Names(std::span<const ProbeInfo> probes, std::span<const ProbeInfo> all) {
  std::string names;
  for (const ProbeInfo& probe : probes) {
    names += (names.empty() ? "" : ", ") + SelectorOf(probe, all);
  }
  return names;
}

// The CMSIS-DAP probes, each once.
std::vector<ProbeInfo> CmsisDapProbes(std::span<const ProbeInfo> all) {
  std::vector<ProbeInfo> found;
  for (const ProbeInfo& probe : all) {
    const bool known = std::ranges::any_of(
        found, [&probe](const ProbeInfo& other) { return other.location == probe.location; });
    if (!known && (probe.kind == ProbeKind::kCmsisDapV2 || probe.kind == ProbeKind::kCmsisDapV1)) {
      found.push_back(probe);
    }
  }
  return found;
}

// What OpenOCD 0.12 accepts without a word or with a warning: it takes the first of several
// CMSIS-DAP probes, and one that another program drives.
std::optional<Error> WrongProbe(const OpenOcdLog& log, const OpenOcdOptions& options) {
  if (log.text().find("could not claim interface") != std::string::npos) {
    return KnownError(log.text());
  }
  if (!options.probe.empty() || NamesAdapter(options.config) ||
      log.text().find("CMSIS-DAP") == std::string::npos) {
    return std::nullopt;
  }
  const auto all = ListProbes(AccessCheck::kNo);
  const auto probes = CmsisDapProbes(all.value_or(std::vector<ProbeInfo>()));
  if (probes.size() < 2) {
    return std::nullopt;
  }
  return Error{
      ExitCode::kChannel, "there are several probes: " + Names(probes, *all),
      "name one by its serial number: openocd:CONFIG?probe=SERIAL, or flash --probe SERIAL",
      std::nullopt};
}

// OpenOCD finds none, whatever the reason.
Error NoProbe(const OpenOcdOptions& options, Error reason) {
  const auto all = ListProbes(AccessCheck::kYes);
  const auto probes = CmsisDapProbes(all.value_or(std::vector<ProbeInfo>()));
  for (const ProbeInfo& probe : probes) {
    if (probe.access != ProbeAccess::kReady) {
      return {ExitCode::kChannel, probe.problem, probe.hint, std::nullopt};
    }
  }
  if (!options.probe.empty() && !probes.empty()) {
    return {ExitCode::kChannel, fmt::format("no probe with serial number {}", options.probe),
            "there is: " + Names(probes, *all), std::nullopt};
  }
  return reason;
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
  if (auto wrong = WrongProbe(log, options)) {
    return std::move(*wrong);
  }
  Error reason = ExplainLog(log.text(), options.config);
  return log.text().find("unable to find a matching CMSIS-DAP device") != std::string::npos
             ? NoProbe(options, std::move(reason))
             : reason;
}

}  // namespace

Expected<OpenOcd> LaunchOpenOcd(const OpenOcdOptions& asked, base::Instant deadline) {
  OpenOcdOptions options = asked;
  if (const auto chosen = UseSerial(options); !chosen) {
    return std::unexpected(chosen.error());
  }
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
  if (auto wrong = WrongProbe(*log, options)) {
    return std::unexpected(std::move(*wrong));
  }
  const auto examined =
      rpc.Call("[target current] was_examined", std::min(deadline, Now() + kStartTimeout));
  if (!examined || *examined != "1") {
    return std::unexpected(ExplainLog(log->text(), options.config));
  }
  return OpenOcd{std::move(rpc), std::move(log), name, std::move(facts)};
}

}  // namespace netctl
