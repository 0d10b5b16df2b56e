// A TCP listener on one local address and an ephemeral port, and blocking I/O with limits for the
// threads behind it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "stack/base/address.h"

namespace netctl {

// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// What went wrong with a socket of ours, in words for the user.
struct SocketError {
  std::string message;
};

class Listener {
 public:
  // Binds to `address` on a free port. Throws SocketError.
  explicit Listener(base::Ipv4Address address);

  uint16_t port() const { return port_; }
  // The next connection; empty when none came within `timeout_ms`.
  std::optional<Descriptor> Accept(int timeout_ms);

 private:
  uint16_t port_ = 0;  // before socket_, whose construction sets it
  Descriptor socket_;
};

// A UDP socket on `address` with a free port. Throws SocketError.
Descriptor BindUdp(base::Ipv4Address address, uint16_t& port);

// True when `fd` can be read (or has ended) within `timeout_ms`.
bool WaitReadable(int fd, int timeout_ms);

}  // namespace netctl
