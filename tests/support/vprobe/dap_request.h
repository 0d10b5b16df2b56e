// The host's packet, read from its beginning.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tests/support/vprobe/dap.h"

namespace test {

// Behind the end there are zeros, and overrun() says so.
class Dap::Request {
 public:
  explicit Request(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  uint8_t Byte() {
    if (next_ == bytes_.size()) {
      overrun_ = true;
      return 0;
    }
    return bytes_[next_++];
  }
  uint16_t Half() {
    const uint8_t low = Byte();
    return static_cast<uint16_t>(low | Byte() << 8);
  }
  uint32_t Word() {
    const uint32_t low = Half();
    return low | static_cast<uint32_t>(Half()) << 16;
  }
  bool overrun() const { return overrun_; }

 private:
  std::span<const uint8_t> bytes_;
  size_t next_ = 0;
  bool overrun_ = false;
};

}  // namespace test
