#include "host-cli/channels/tty_holder.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace netctl {
namespace {

namespace fs = std::filesystem;

bool HasOpen(const fs::path& process, dev_t device) {
  std::error_code error;
  for (fs::directory_iterator i(process / "fd", error), end; !error && i != end;
       i.increment(error)) {
    struct stat state = {};
    if (::stat(i->path().c_str(), &state) == 0 && S_ISCHR(state.st_mode) &&
        state.st_rdev == device) {
      return true;
    }
  }
  return false;
}

std::string NameOf(const fs::path& process) {
  std::ifstream file(process / "comm");
  std::string name;
  std::getline(file, name);
  return name;
}

}  // namespace

std::string TtyHolder(const std::string& path) {
  struct stat state = {};
  if (::stat(path.c_str(), &state) != 0) {
    return "another program";
  }
  std::error_code error;
  for (fs::directory_iterator i("/proc", error), end; !error && i != end; i.increment(error)) {
    const std::string pid = i->path().filename().string();
    const bool is_process = pid.find_first_not_of("0123456789") == pid.npos;
    if (is_process && pid != std::to_string(::getpid()) && HasOpen(i->path(), state.st_rdev)) {
      return fmt::format("{} (process {})", NameOf(i->path()), pid);
    }
  }
  return "another program";
}

}  // namespace netctl
