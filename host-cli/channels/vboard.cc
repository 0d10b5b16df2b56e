// The agent's firmware image on register-level models of a board's chips (tests/support/vboard).
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "host-cli/channels/open.h"
#include "host-cli/channels/process_channel.h"
#include "host-cli/format.h"
#include "host-cli/paths.h"

namespace netctl {
namespace {

namespace fs = std::filesystem;

// As `vboard --list` has them; the first is meant when none is named.
constexpr std::array<std::string_view, 3> kBoards = {"stm32f4-rmii", "stm32f4-enc28j60",
                                                     "s3c2416-dm9000a"};

struct OptionRule {
  std::string_view name;  // of the URL; with -- of the program
  bool is_list;           // separated by commas
};
constexpr std::array<OptionRule, 5> kOptions = {{
    {"tap", false},
    {"forward", true},
    {"fault", true},
    {"seed", false},
    {"control", false},
}};

bool Exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

Expected<std::string> Program() {
  std::string program = Environment("NETCTL_VBOARD");
  if (program.empty()) {
    program = (ProgramDirectory() / "vboard").string();
  }
  if (!Exists(program)) {
    return Fail(ExitCode::kUsage, fmt::format("no virtual boards: {} does not exist", program),
                "build it with scripts/build, or set NETCTL_VBOARD");
  }
  return program;
}

Expected<std::string> Board(const ChannelUrl& url) {
  const std::string name = url.path.empty() ? std::string(kBoards[0]) : url.path;
  if (std::ranges::find(kBoards, name) == kBoards.end()) {
    return Fail(ExitCode::kUsage, fmt::format("channel '{}': no such virtual board", url.text),
                fmt::format("there is: {}", fmt::join(kBoards, ", ")));
  }
  return name;
}

Expected<std::string> Image(const ChannelUrl& url, const std::string& board) {
  const std::string named = url.Option("image");
  if (named.empty()) {
    const auto found = FindFirmware(board);
    if (!found) {
      return std::unexpected(found.error());
    }
    return found->string();
  }
  if (!Exists(named)) {
    return Fail(ExitCode::kUsage, fmt::format("firmware image {} does not exist", named));
  }
  return named;
}

void AppendOptions(const ChannelUrl& url, std::vector<std::string>& arguments) {
  for (const OptionRule& rule : kOptions) {
    const std::string value = url.Option(std::string(rule.name));
    for (size_t begin = 0; begin < value.size();) {
      const size_t end =
          rule.is_list ? std::min(value.find(',', begin), value.size()) : value.size();
      arguments.insert(arguments.end(),
                       {fmt::format("--{}", rule.name), value.substr(begin, end - begin)});
      begin = end + 1;
    }
  }
}

// Whole lines of what the board's program says, on standard error.
class ErrorLines {
 public:
  void Add(std::string_view text) {
    pending_ += text;
    for (size_t end = 0; (end = pending_.find('\n')) != std::string::npos;) {
      fmt::print(stderr, "{}\n", EscapeText(pending_.substr(0, end)));
      pending_.erase(0, end + 1);
    }
  }

 private:
  std::string pending_;
};

}  // namespace

Expected<std::unique_ptr<Channel>> OpenVboard(const ChannelUrl& url) {
  const auto board = Board(url);
  if (!board) {
    return std::unexpected(board.error());
  }
  auto program = Program();
  const auto image = Image(url, *board);
  if (!program || !image) {
    return std::unexpected(!program ? program.error() : image.error());
  }
  std::vector<std::string> arguments{std::move(*program), *board, "--image", *image};
  AppendOptions(url, arguments);
  auto sockets = SocketPair();
  if (!sockets) {
    return std::unexpected(sockets.error());
  }
  // Its last words are what the firmware did against the manuals: ended by SIGTERM.
  auto child = ChildProcess::Start({.arguments = std::move(arguments),
                                    .stdio = sockets->second.get(),
                                    .on_errors = [lines = std::make_shared<ErrorLines>()](
                                                     std::string_view text) { lines->Add(text); }});
  if (!child) {
    return std::unexpected(child.error());
  }
  Json facts{{"board", *board}, {"image", *image}};
  if (const std::string control = url.Option("control"); !control.empty()) {
    facts["control"] = control;
  }
  return std::make_unique<ProcessChannel>(std::move(sockets->first),
                                          fmt::format("virtual board ({})", *board),
                                          std::move(*child), std::move(facts));
}

}  // namespace netctl
