#include "host-cli/openocd/config.h"

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "host-cli/child_process.h"
#include "host-cli/clock.h"
#include "host-cli/format.h"
#include "host-cli/message_source.h"
#include "host-cli/paths.h"

namespace netctl {
namespace {

namespace fs = std::filesystem;

constexpr int kOldestMajor = 0;
constexpr int kOldestMinor = 12;
constexpr base::Duration kVersionTimeout = std::chrono::seconds(5);
constexpr char kInstall[] = "install OpenOCD: sudo apt-get install openocd";

bool Exists(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

std::string FindConfig(const std::string& config) {
  if (Exists(config)) {
    return config;
  }
  std::vector<fs::path> folders;
  if (const std::string named = Environment("NETCTL_OPENOCD_DIR"); !named.empty()) {
    folders.emplace_back(named);
  }
  const fs::path program = ProgramDirectory();
  folders.push_back((program / "../../scripts/openocd").lexically_normal());
  folders.push_back((program / "../share/netctl/openocd").lexically_normal());
  for (const fs::path& folder : folders) {
    for (const std::string& name : {config, config + ".cfg"}) {
      if (Exists(folder / name)) {
        return (folder / name).string();
      }
    }
  }
  return config;
}

// Whether `version` is one that has read_memory.
bool NewEnough(std::string_view version) {
  int major = 0;
  int minor = 0;
  const char* end = version.data() + version.size();
  const auto first = std::from_chars(version.data(), end, major);
  if (first.ptr < end) {
    std::from_chars(first.ptr + 1, end, minor);
  }
  return major > kOldestMajor || minor >= kOldestMinor;
}

}  // namespace

std::string OpenOcdProgram() {
  const std::string named = Environment("NETCTL_OPENOCD");
  return named.empty() ? "openocd" : named;
}

std::string ParseOpenOcdVersion(std::string_view text) {
  constexpr std::string_view kName = "On-Chip Debugger ";
  const size_t found = text.find(kName);
  if (found == std::string_view::npos) {
    return {};
  }
  text.remove_prefix(found + kName.size());
  return std::string(text.substr(0, text.find_first_not_of("0123456789.")));
}

Expected<std::string> OpenOcdVersion(const std::string& program) {
  std::string text;
  auto child = ChildProcess::Start({.arguments = {program, "--version"},
                                    .on_errors = [&text](std::string_view part) { text += part; }});
  if (!child) {
    Error error = child.error();
    error.hint = kInstall;
    return std::unexpected(error);
  }
  const base::Instant limit = Now() + kVersionTimeout;
  while (child->Running() && Now() < limit) {
    std::vector<pollfd> none;
    if (PollUntil(none, Now() + std::chrono::milliseconds(2))) {
      return Fail(ExitCode::kChannel, "interrupted by a signal");
    }
  }
  child->DrainErrors();
  const std::string version = ParseOpenOcdVersion(text);
  if (version.empty()) {
    return Fail(
        ExitCode::kChannel,
        fmt::format("{} is no OpenOCD: {} --version {}", program, program, child->Describe()),
        kInstall);
  }
  if (!NewEnough(version)) {
    return Fail(ExitCode::kChannel,
                fmt::format("OpenOCD {} is too old: netctl needs 0.12 or later", version),
                "Debian 12 has it; NETCTL_OPENOCD may name another one");
  }
  return version;
}

std::vector<std::string> FindConfigs(const std::string& config) {
  if (Exists(config)) {
    return {config};
  }
  std::vector<std::string> found;
  for (size_t begin = 0; begin <= config.size();) {
    const size_t end = std::min(config.find(',', begin), config.size());
    if (end > begin) {
      found.push_back(FindConfig(config.substr(begin, end - begin)));
    }
    begin = end + 1;
  }
  return found;
}

}  // namespace netctl
