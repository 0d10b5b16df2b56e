// TCP and Unix stream sockets.
#include <cerrno>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "host-cli/channels/fd_channel.h"
#include "host-cli/channels/open.h"
#include "host-cli/clock.h"
#include "host-cli/interrupt.h"

namespace netctl {
namespace {

constexpr base::Duration kConnectTimeout = std::chrono::seconds(5);

std::string ErrorText(int error) { return std::generic_category().message(error); }

struct AddressList {
  addrinfo* first = nullptr;
  ~AddressList() {
    if (first != nullptr) {
      ::freeaddrinfo(first);
    }
  }
};

// The errno of a connection attempt that ends by `limit`; 0 when it stands.
int FinishConnect(int fd, base::Instant limit) {
  pollfd fds[2] = {{fd, POLLOUT, 0}, {InterruptFd(), POLLIN, 0}};
  while (fds[0].revents == 0) {
    const int64_t left = base::ToMilliseconds(limit - Now());
    if (left <= 0) {
      return ETIMEDOUT;
    }
    if (::poll(fds, 2, static_cast<int>(left) + 1) > 0 && fds[1].revents != 0) {
      return ECANCELED;
    }
  }
  int error = 0;
  socklen_t size = sizeof(error);
  ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

int Connect(int fd, const sockaddr* address, socklen_t size, base::Instant limit) {
  if (::connect(fd, address, size) == 0) {
    return 0;
  }
  return errno == EINPROGRESS ? FinishConnect(fd, limit) : errno;
}

std::string TcpHint(int error) {
  return error == ECONNREFUSED ? "is ser2net (or QEMU, or the remote rig) listening there?" : "";
}

}  // namespace

Expected<std::unique_ptr<Channel>> OpenTcp(const ChannelUrl& url, base::Instant deadline) {
  const addrinfo hints = {
      .ai_flags = AI_NUMERICSERV, .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  AddressList list;
  const int found =
      ::getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &hints, &list.first);
  if (found != 0) {
    return Fail(ExitCode::kChannel, fmt::format("{}: {}", url.host, ::gai_strerror(found)));
  }
  const base::Instant limit = std::min(deadline, Now() + kConnectTimeout);
  int error = 0;
  for (const addrinfo* i = list.first; i != nullptr; i = i->ai_next) {
    UniqueFd fd(::socket(i->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    error = fd.valid() ? Connect(fd.get(), i->ai_addr, i->ai_addrlen, limit) : errno;
    if (error == 0) {
      const int on = 1;
      ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      return std::make_unique<FdChannel>(std::move(fd),
                                         fmt::format("socket://{}:{}", url.host, url.port));
    }
  }
  return Fail(ExitCode::kChannel,
              fmt::format("cannot connect to {} port {}: {}", url.host, url.port, ErrorText(error)),
              TcpHint(error));
}

Expected<std::unique_ptr<Channel>> OpenUnix(const ChannelUrl& url) {
  sockaddr_un address = {.sun_family = AF_UNIX};
  if (url.path.size() >= sizeof(address.sun_path)) {
    return Fail(ExitCode::kUsage, fmt::format("{}: a socket's path has at most {} characters",
                                              url.path, sizeof(address.sun_path) - 1));
  }
  std::memcpy(address.sun_path, url.path.c_str(), url.path.size() + 1);
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int error = fd.valid() ? Connect(fd.get(), reinterpret_cast<const sockaddr*>(&address),
                                         sizeof(address), Now())
                               : errno;
  if (error != 0) {
    return Fail(ExitCode::kChannel,
                fmt::format("cannot connect to {}: {}", url.path, ErrorText(error)));
  }
  return std::make_unique<FdChannel>(std::move(fd), fmt::format("unix://{}", url.path));
}

}  // namespace netctl
