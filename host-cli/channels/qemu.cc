// The agent's firmware image on an emulated board.
//
//   UART 0 of the board  <-- socket pair, number 3 in QEMU -->  netctl
//   monitor              RUNTIME/qemu-PID-N.monitor, for people and tests
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <sstream>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "host-cli/channels/open.h"
#include "host-cli/channels/process_channel.h"
#include "host-cli/paths.h"

namespace netctl {
namespace {

namespace fs = std::filesystem;

struct QemuBoard {
  std::string_view name;     // behind qemu:
  std::string_view machine;  // -M
  std::string_view nic;      // model of -nic
};
constexpr std::array<QemuBoard, 3> kBoards = {{
    {"mps2-an386", "mps2-an386", "lan9118"},
    {"lm3s6965evb", "lm3s6965evb", "stellaris"},
    {"emcraft-sf2", "emcraft-sf2", "msf2-emac"},
}};

constexpr std::string_view kMonitorPrefix = "qemu-";
constexpr std::string_view kMonitorSuffix = ".monitor";

// Monitors of a netctl that was killed.
void RemoveStaleMonitors(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator i(folder, error), end; !error && i != end; i.increment(error)) {
    const std::string name = i->path().filename().string();
    if (!name.starts_with(kMonitorPrefix) || !name.ends_with(kMonitorSuffix)) {
      continue;
    }
    const int pid = std::atoi(name.c_str() + kMonitorPrefix.size());
    if (pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH) {
      std::error_code ignored;
      fs::remove(i->path(), ignored);
    }
  }
}

Expected<std::string> MonitorPath() {
  const auto folder = RuntimeDirectory();
  if (!folder) {
    return std::unexpected(folder.error());
  }
  RemoveStaleMonitors(*folder);
  static int count = 0;
  return (*folder / fmt::format("{}{}-{}{}", kMonitorPrefix, ::getpid(), ++count, kMonitorSuffix))
      .string();
}

Expected<const QemuBoard*> FindBoard(const ChannelUrl& url) {
  std::string_view name = url.path;
  if (name.empty()) {
    name = kBoards[0].name;
  }
  if (name.starts_with("qemu-")) {
    name.remove_prefix(5);
  }
  const auto* found = std::ranges::find(kBoards, name, &QemuBoard::name);
  if (found == kBoards.end()) {
    std::string known;
    for (const QemuBoard& board : kBoards) {
      known += (known.empty() ? "" : ", ") + std::string(board.name);
    }
    return Fail(ExitCode::kUsage, fmt::format("channel '{}': no such board in QEMU", url.text),
                "there is: " + known);
  }
  return found;
}

Expected<std::string> Image(const ChannelUrl& url, const QemuBoard& board) {
  const std::string named = url.Option("kernel");
  if (named.empty()) {
    const auto found = FindFirmware(fmt::format("qemu-{}", board.name));
    if (!found) {
      return std::unexpected(found.error());
    }
    return found->string();
  }
  std::error_code ignored;
  if (!fs::exists(named, ignored)) {
    return Fail(ExitCode::kUsage, fmt::format("firmware image {} does not exist", named));
  }
  return named;
}

std::vector<std::string> Arguments(const ChannelUrl& url, const QemuBoard& board,
                                   const std::string& image, const std::string& monitor) {
  const std::string nic = url.Option("nic");
  std::string program = Environment("NETCTL_QEMU");
  if (program.empty()) {
    program = "qemu-system-arm";
  }
  std::vector<std::string> arguments{
      program,
      "-M",
      std::string(board.machine),
      "-kernel",
      image,
      "-display",
      "none",
      "-nodefaults",
      "-chardev",
      "socket,id=uart,fd=3",
      "-serial",
      "chardev:uart",
      "-monitor",
      fmt::format("unix:{},server=on,wait=off", monitor),
      "-nic",
      fmt::format("{},model={}", nic.empty() ? "user" : nic, board.nic)};
  std::istringstream words(url.Option("args"));
  for (std::string word; words >> word;) {
    arguments.push_back(word);
  }
  return arguments;
}

}  // namespace

Expected<std::unique_ptr<Channel>> OpenQemu(const ChannelUrl& url) {
  const auto board = FindBoard(url);
  if (!board) {
    return std::unexpected(board.error());
  }
  const auto image = Image(url, **board);
  const auto monitor = MonitorPath();
  if (!image || !monitor) {
    return std::unexpected(!image ? image.error() : monitor.error());
  }
  auto sockets = SocketPair();
  if (!sockets) {
    return std::unexpected(sockets.error());
  }
  auto child = ChildProcess::Start({.arguments = Arguments(url, **board, *image, *monitor),
                                    .inherited = sockets->second.get(),
                                    .kill_at_once = true});
  if (!child) {
    Error error = child.error();
    error.hint = "install QEMU: sudo apt-get install qemu-system-arm";
    return std::unexpected(error);
  }
  return std::make_unique<ProcessChannel>(
      std::move(sockets->first), fmt::format("QEMU ({})", (*board)->machine), std::move(*child),
      Json{{"monitor", *monitor}, {"image", *image}, {"machine", (*board)->machine}});
}

}  // namespace netctl
