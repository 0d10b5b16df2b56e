#include "tests/support/vprobe/child.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace test {
namespace {

constexpr int kCannotExecute = 126;
constexpr int kNotFound = 127;

void Prepare(const ChildSettings& settings, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) {
    ::_exit(kCannotExecute);  // it is dead already
  }
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  for (const auto& [name, value] : settings.environment) {
    ::setenv(name.c_str(), value.c_str(), 1);
  }
  for (const int fd : settings.inherited) {
    ::fcntl(fd, F_SETFD, 0);
  }
  if (settings.precise_sleep) {
    ::prctl(PR_SET_TIMERSLACK, 1);
  }
  if (settings.obey_permissions) {
    ::prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE);
    ::prctl(PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH);
  }
  if (settings.quiet) {
    ::setsid();
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    ::dup2(null, STDIN_FILENO);
    ::dup2(null, STDOUT_FILENO);
  }
}

}  // namespace

Child::Child(const std::vector<std::string>& command, const ChildSettings& settings) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) {
    throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
  }
  if (pid_ == 0) {
    Prepare(settings, parent);
    ::execvp(arguments[0], arguments.data());
    const int error = errno;
    std::fprintf(stderr, "vprobe: %s: %s\n", arguments[0], std::strerror(error));
    ::_exit(error == ENOENT ? kNotFound : kCannotExecute);
  }
}

Child::~Child() {
  if (running_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

std::optional<int> Child::TakeStatus() {
  int status = 0;
  if (!running_ || ::waitpid(pid_, &status, WNOHANG) != pid_) {
    return std::nullopt;
  }
  running_ = false;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void Child::Signal(int number) const {
  if (running_) {
    ::kill(pid_, number);
  }
}

}  // namespace test
