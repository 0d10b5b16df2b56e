// vprobe: runs a command with a virtual CMSIS-DAP debug probe plugged in. See --help.

#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/vprobe/options.h"
#include "tests/support/vprobe/session.h"
#include "tests/support/vprobe/targets.h"

namespace {

constexpr int kFailed = 125;

// Looks in a process of its own: once loaded, the library would replace our own calls.
bool PreloadIsInstalled() {
  const pid_t process = ::fork();
  if (process == 0) {
    ::_exit(::dlopen("libumockdev-preload.so.0", RTLD_LAZY | RTLD_LOCAL) == nullptr ? 1 : 0);
  }
  int status = 0;
  return process > 0 && ::waitpid(process, &status, 0) == process && status == 0;
}

int Fail(const std::string& what) {
  std::fprintf(stderr, "vprobe: %s\n", what.c_str());
  return kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  test::VprobeOptions options;
  try {
    options = test::ParseVprobeOptions({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    return Fail(std::string(error.what()) + "; see vprobe --help");
  }
  if (options.help) {
    std::fputs(test::VprobeHelp().c_str(), stdout);
    return 0;
  }
  if (!PreloadIsInstalled()) {
    return Fail("libumockdev-preload.so.0 is not installed (Debian package umockdev)");
  }
  try {
    options.target_settings.program_folder =
        std::filesystem::canonical("/proc/self/exe").parent_path();
    const std::unique_ptr<test::Target> target =
        test::MakeTarget(options.target, options.target_settings);
    test::Session session(options.session, *target);
    return session.Run(options.command);
  } catch (const std::exception& error) {
    return Fail(error.what());
  }
}
