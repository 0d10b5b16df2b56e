// CRC-32C (Castagnoli): the check sequence of a frame.
#pragma once

#include <cstdint>

#include "stack/base/bytes.h"

namespace protocol {

// Reflected polynomial 0x82f63b78, initial value and final inversion of all ones (RFC 3720
// appendix B.4). Up to 655 bytes it finds every error of up to 5 bits that leaves the framing
// intact.
class Crc32c {
 public:
  void Update(base::ConstByteSpan bytes);
  uint32_t value() const { return ~state_; }

 private:
  uint32_t state_ = 0xffffffff;
};

}  // namespace protocol
