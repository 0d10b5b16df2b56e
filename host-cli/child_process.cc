#include "host-cli/child_process.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host-cli/format.h"

namespace netctl {
namespace {

constexpr size_t kKeptErrors = 2000;
constexpr int kInheritedFd = 3;

std::string ErrorText(int error) { return std::generic_category().message(error); }

// Between fork and exec: only async-signal-safe calls. Reports errno through `failure`.
[[noreturn]] void RunChild(const ChildOptions& options, char* const* arguments, pid_t parent,
                           int errors, int failure) {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  const int stdio = options.stdio >= 0 ? options.stdio : null;
  ::setpgid(0, 0);  // Ctrl-C is netctl's to handle
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGPIPE, SIG_DFL);
  // The parent may have died before the line above.
  const bool orphaned = ::getppid() != parent;
  // Above the standard numbers first: a source may stand where a target goes.
  const int saved_stdio = ::fcntl(stdio, F_DUPFD_CLOEXEC, 10);
  const int saved_errors = ::fcntl(errors, F_DUPFD_CLOEXEC, 10);
  const int saved_inherited =
      options.inherited >= 0 ? ::fcntl(options.inherited, F_DUPFD_CLOEXEC, 10) : -1;
  const int saved_failure = ::fcntl(failure, F_DUPFD_CLOEXEC, 10);
  ::dup2(saved_stdio, STDIN_FILENO);
  ::dup2(saved_stdio, STDOUT_FILENO);
  ::dup2(saved_errors, STDERR_FILENO);
  if (saved_inherited >= 0) {
    ::dup2(saved_inherited, kInheritedFd);
  }
  if (!orphaned) {
    ::execvp(arguments[0], arguments);
  }
  const int error = errno;
  [[maybe_unused]] const ssize_t written = ::write(saved_failure, &error, sizeof(error));
  ::_exit(127);
}

}  // namespace

Expected<ChildProcess> ChildProcess::Start(const ChildOptions& options) {
  std::vector<char*> arguments;
  for (const std::string& argument : options.arguments) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  int errors[2];
  int failure[2];
  if (::pipe2(errors, O_CLOEXEC) != 0 || ::pipe2(failure, O_CLOEXEC) != 0) {
    return Fail(ExitCode::kChannel, fmt::format("no pipe: {}", ErrorText(errno)));
  }
  UniqueFd errors_read(errors[0]);
  UniqueFd errors_write(errors[1]);
  UniqueFd failure_read(failure[0]);
  UniqueFd failure_write(failure[1]);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) {
    return Fail(ExitCode::kChannel, fmt::format("no new process: {}", ErrorText(errno)));
  }
  if (pid == 0) {
    RunChild(options, arguments.data(), parent, errors_write.get(), failure_write.get());
  }
  ::fcntl(errors_read.get(), F_SETFL, O_NONBLOCK);
  failure_write.Reset();
  ChildProcess child(pid, std::move(errors_read), options);
  // Closed by a successful exec.
  int error = 0;
  if (::read(failure_read.get(), &error, sizeof(error)) == sizeof(error)) {
    return Fail(ExitCode::kChannel,
                fmt::format("cannot run {}: {}", options.arguments[0], ErrorText(error)));
  }
  spdlog::debug("started {} as process {}", fmt::join(options.arguments, " "), pid);
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      errors_(std::move(other.errors_)),
      kill_at_once_(other.kill_at_once_),
      on_errors_(std::move(other.on_errors_)),
      ended_(other.ended_),
      wait_status_(other.wait_status_),
      last_errors_(std::move(other.last_errors_)) {}

ChildProcess::~ChildProcess() {
  if (pid_ < 0 || ended_) {
    return;
  }
  ::kill(-pid_, kill_at_once_ ? SIGKILL : SIGTERM);
  if (!WaitFor(300)) {
    ::kill(-pid_, SIGKILL);
    WaitFor(3000);
  }
  if (on_errors_) {
    DrainErrors();
  }
}

void ChildProcess::DrainErrors() {
  char text[512];
  ssize_t size = 0;
  while ((size = ::read(errors_.get(), text, sizeof(text))) > 0) {
    last_errors_.append(text, static_cast<size_t>(size));
    if (on_errors_) {
      on_errors_({text, static_cast<size_t>(size)});
    }
    if (last_errors_.size() > kKeptErrors) {
      last_errors_.erase(0, last_errors_.size() - kKeptErrors);
    }
  }
}

bool ChildProcess::Running() {
  if (!ended_) {
    ended_ = ::waitpid(pid_, &wait_status_, WNOHANG) != 0;
  }
  return !ended_;
}

bool ChildProcess::WaitFor(int milliseconds) {
  constexpr int kStep = 5;
  for (int waited = 0; waited < milliseconds; waited += kStep) {
    if (!Running()) {
      return true;
    }
    ::poll(nullptr, 0, waited == 0 ? 1 : kStep);
  }
  return !Running();
}

std::string ChildProcess::Describe() {
  // What it said last may still be in the pipe; its end follows the end of its output closely.
  WaitFor(100);
  DrainErrors();
  if (!ended_) {
    return "runs";
  }
  std::string text = WIFSIGNALED(wait_status_)
                         ? fmt::format("was ended by signal {}", WTERMSIG(wait_status_))
                         : fmt::format("exited with status {}", WEXITSTATUS(wait_status_));
  std::string last = last_errors_;
  while (!last.empty() && last.back() == '\n') {
    last.pop_back();
  }
  last.erase(0, last.rfind('\n') + 1);
  if (!last.empty()) {
    text += ": " + EscapeText(last);
  }
  return text;
}

}  // namespace netctl
