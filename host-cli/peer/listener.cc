#include "host-cli/peer/listener.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace netctl {
namespace {

[[noreturn]] void Fail(const char* what) {
  throw SocketError{std::string(what) + ": " + std::strerror(errno)};
}

// Binds a new socket of `type` to `address` and a free port.
UniqueFd Bind(int type, base::Ipv4Address address, uint16_t& port) {
  UniqueFd fd(::socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) {
    Fail("cannot make a socket");
  }
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(address.value);
  socklen_t size = sizeof(name);
  if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&name), size) != 0) {
    char text[INET_ADDRSTRLEN] = {};
    ::inet_ntop(AF_INET, &name.sin_addr, text, sizeof(text));
    throw SocketError{std::string("cannot listen on ") + text + ": " + std::strerror(errno)};
  }
  if (::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&name), &size) != 0) {
    Fail("cannot read the local port");
  }
  port = ntohs(name.sin_port);
  return fd;
}

}  // namespace

Listener::Listener(base::Ipv4Address address) : socket_(Bind(SOCK_STREAM, address, port_)) {
  constexpr int kBacklog = 8;
  if (::listen(socket_.get(), kBacklog) != 0) {
    Fail("cannot listen");
  }
}

std::optional<UniqueFd> Listener::Accept(int timeout_ms) {
  if (!WaitReadable(socket_.get(), timeout_ms)) {
    return std::nullopt;
  }
  const int fd = ::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) {
    return std::nullopt;
  }
  return UniqueFd(fd);
}

UniqueFd BindUdp(base::Ipv4Address address, uint16_t& port) {
  return Bind(SOCK_DGRAM, address, port);
}

bool WaitReadable(int fd, int timeout_ms) {
  pollfd entry{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&entry, 1, timeout_ms) > 0;
}

}  // namespace netctl
