#include "agent/boards/sim/channel.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

namespace agent::sim {
namespace {

// Set while standard input and output are the channel: a restart keeps them.
constexpr char kOpenVariable[] = "NETCTL_AGENT_SIM_CHANNEL";

[[noreturn]] void Fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

int AcceptOne(const char* path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const size_t size = std::strlen(path);
  if (size >= sizeof(address.sun_path)) {
    std::fprintf(stderr, "%s: the path is too long\n", path);
    std::exit(1);
  }
  std::copy_n(path, size, address.sun_path);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0 ||
      ::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      ::listen(listener, 1) != 0) {
    Fail(path);
  }
  const int connection = ::accept(listener, nullptr, nullptr);
  if (connection < 0) {
    Fail(path);
  }
  ::close(listener);
  ::unlink(path);
  return connection;
}

int OpenTerminal() {
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY);
  termios settings{};
  if (master < 0 || ::grantpt(master) != 0 || ::unlockpt(master) != 0 ||
      ::tcgetattr(master, &settings) != 0) {
    Fail("pseudo terminal");
  }
  ::cfmakeraw(&settings);
  if (::tcsetattr(master, TCSANOW, &settings) != 0) {
    Fail("pseudo terminal");
  }
  std::puts(::ptsname(master));
  std::fflush(stdout);
  return master;
}

}  // namespace

void OpenChannel(const Arguments& arguments) {
  const bool other = arguments.pty || arguments.socket_path != nullptr;
  if (!other || std::getenv(kOpenVariable) != nullptr) {
    return;
  }
  const int fd = arguments.pty ? OpenTerminal() : AcceptOne(arguments.socket_path);
  if (::dup2(fd, STDIN_FILENO) < 0 || ::dup2(fd, STDOUT_FILENO) < 0) {
    Fail("channel");
  }
  ::close(fd);
  ::setenv(kOpenVariable, "1", 1);
}

}  // namespace agent::sim
