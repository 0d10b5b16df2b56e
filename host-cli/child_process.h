// A program that netctl runs for its own life: it ends with netctl, even after kill -9.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "host-cli/error.h"
#include "host-cli/unique_fd.h"

namespace netctl {

struct ChildOptions {
  std::vector<std::string> arguments;  // the program first; searched in PATH
  int stdio = -1;                      // becomes fds 0 and 1; -1: /dev/null
  int inherited = -1;                  // stays open under number 3; -1: none
  bool kill_at_once = false;           // nothing to save: SIGKILL instead of SIGTERM at the end
  // Gets what the child writes to stderr, to its end.
  std::function<void(std::string_view)> on_errors{};
};

class ChildProcess {
 public:
  // kChannel when the program cannot be started, with the reason.
  static Expected<ChildProcess> Start(const ChildOptions& options);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  // Ends the child and its process group; waits for it (at most about 300 ms, then SIGKILL).
  ~ChildProcess();

  pid_t pid() const { return pid_; }
  // Takes what the child wrote to stderr, so that it never blocks there. Keeps the last lines.
  void DrainErrors();
  // Whether it still runs; never waits.
  bool Running();
  // "exited with status 1: <its last line on stderr>", or "runs".
  std::string Describe();

 private:
  ChildProcess(pid_t pid, UniqueFd errors, const ChildOptions& options)
      : pid_(pid),
        errors_(std::move(errors)),
        kill_at_once_(options.kill_at_once),
        on_errors_(options.on_errors) {}
  bool WaitFor(int milliseconds);

  pid_t pid_ = -1;
  UniqueFd errors_;
  bool kill_at_once_ = false;
  std::function<void(std::string_view)> on_errors_;
  bool ended_ = false;
  int wait_status_ = 0;
  std::string last_errors_;
};

}  // namespace netctl
