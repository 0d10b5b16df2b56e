// A TCP listener on one local address and an ephemeral port, and blocking I/O with limits for the
// threads behind it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "host-cli/unique_fd.h"
#include "stack/base/address.h"

namespace netctl {

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
  std::optional<UniqueFd> Accept(int timeout_ms);

 private:
  uint16_t port_ = 0;  // before socket_, whose construction sets it
  UniqueFd socket_;
};

// A UDP socket on `address` with a free port. Throws SocketError.
UniqueFd BindUdp(base::Ipv4Address address, uint16_t& port);

// True when `fd` can be read (or has ended) within `timeout_ms`.
bool WaitReadable(int fd, int timeout_ms);

}  // namespace netctl
