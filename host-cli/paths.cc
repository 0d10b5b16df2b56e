#include "host-cli/paths.h"

#include <cerrno>
#include <cstdlib>
#include <map>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace netctl {
namespace {

namespace fs = std::filesystem;

// `path` as a folder of this user's that nobody else can enter.
Expected<fs::path> PrivateDirectory(const fs::path& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return Fail(ExitCode::kUsage, fmt::format("cannot make {}: {}", path.string(),
                                              std::generic_category().message(errno)));
  }
  struct stat state = {};
  if (::lstat(path.c_str(), &state) != 0 || !S_ISDIR(state.st_mode) ||
      state.st_uid != ::geteuid() || (state.st_mode & 022) != 0) {
    return Fail(ExitCode::kUsage,
                fmt::format("{} is not a folder that only you can write to", path.string()),
                "set XDG_RUNTIME_DIR to a folder of your own");
  }
  return path;
}

// In the order in which an image is looked for.
std::vector<fs::path> FirmwareFolders() {
  std::vector<fs::path> folders;
  if (const std::string named = Environment("NETCTL_FIRMWARE_DIR"); !named.empty()) {
    folders.emplace_back(named);
  }
  const fs::path program = ProgramDirectory();
  folders.push_back((program / "../firmware").lexically_normal());
  folders.push_back((program / "../share/netctl/firmware").lexically_normal());
  return folders;
}

}  // namespace

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

Expected<fs::path> RuntimeDirectory() {
  if (const std::string xdg = Environment("XDG_RUNTIME_DIR"); !xdg.empty()) {
    return PrivateDirectory(fs::path(xdg) / "netctl");
  }
  return PrivateDirectory(fmt::format("/tmp/netctl-{}", ::geteuid()));
}

Expected<fs::path> LockDirectory() {
  std::error_code ignored;
  if (const std::string named = Environment("NETCTL_LOCK_DIR"); !named.empty()) {
    fs::create_directories(named, ignored);
    return named;
  }
  // Set up by the owner of a rig that several users share.
  if (fs::is_directory("/run/lock/netctl", ignored)) {
    return "/run/lock/netctl";
  }
  return RuntimeDirectory();
}

fs::path ProgramDirectory() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored).parent_path();
}

std::vector<fs::path> ShippedFirmware() {
  std::map<std::string, fs::path> images;
  for (const fs::path& folder : FirmwareFolders()) {
    std::error_code error;
    for (fs::directory_iterator i(folder, error), end; !error && i != end; i.increment(error)) {
      std::error_code ignored;
      if (const fs::path image = i->path() / "agent.elf"; fs::exists(image, ignored)) {
        images.emplace(i->path().filename().string(), image);
      }
    }
  }
  std::vector<fs::path> found;
  for (const auto& [board, image] : images) {
    found.push_back(image);
  }
  return found;
}

Expected<fs::path> FindFirmware(const std::string& board) {
  std::string tried;
  for (const fs::path& folder : FirmwareFolders()) {
    const fs::path image = folder / board / "agent.elf";
    std::error_code ignored;
    if (fs::exists(image, ignored)) {
      return image;
    }
    tried += (tried.empty() ? "" : ", ") + image.string();
  }
  return Fail(ExitCode::kUsage,
              fmt::format("no firmware image for {}; looked for {}", board, tried),
              "build it with scripts/build, or set NETCTL_FIRMWARE_DIR");
}

std::string FileName(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.';
    name += plain ? c : '_';
  }
  return name.starts_with('.') ? "_" + name : name;
}

}  // namespace netctl
