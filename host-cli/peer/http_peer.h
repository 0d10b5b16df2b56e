// An HTTP server for the length of one bring-up step: serves one body of known content.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "stack/base/address.h"

namespace netctl {

class HttpPeer {
 public:
  // Serves `size` pseudo-random bytes, the same for the same seed, as GET /netctl.bin. Throws
  // SocketError.
  HttpPeer(base::Ipv4Address address, size_t size, uint32_t seed);
  ~HttpPeer();

  uint16_t port() const;
  const std::string& sha256() const;  // of the body, hexadecimal
  static constexpr const char* kPath = "/netctl.bin";

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// SHA-256 of `data` in hexadecimal.
std::string Sha256Hex(const std::string& data);

}  // namespace netctl
