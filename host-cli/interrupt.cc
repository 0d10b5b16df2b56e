#include "host-cli/interrupt.h"

#include <csignal>
#include <cstdint>

#include <sys/eventfd.h>
#include <unistd.h>

namespace netctl {
namespace {

volatile std::sig_atomic_t first_signal = 0;
int event_fd = -1;

ExitCode CodeOf(int signal) {
  return signal == SIGTERM ? ExitCode::kTerminated : ExitCode::kInterrupted;
}

void Wake() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(event_fd, &one, sizeof(one));
}

void OnSignal(int signal) {
  if (first_signal != 0) {
    ::_exit(ToInt(CodeOf(signal)));
  }
  first_signal = signal;
  Wake();
}

}  // namespace

void HandleInterrupts() {
  event_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

std::optional<ExitCode> Interrupted() {
  if (first_signal == 0) {
    return std::nullopt;
  }
  return CodeOf(first_signal);
}

int InterruptFd() { return event_fd; }

void DrainInterruptFd() {
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t size = ::read(event_fd, &count, sizeof(count));
}

void SimulateInterrupt(int signal) {
  first_signal = signal;
  if (signal == 0) {
    DrainInterruptFd();
  } else {
    Wake();
  }
}

}  // namespace netctl
