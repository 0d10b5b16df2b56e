// Values in the target's memory: little-endian, of 1 to 4 bytes.
#pragma once

#include <cstdint>

#include "stack/base/bytes.h"

namespace netctl {

inline uint32_t LoadWord(base::ConstByteSpan bytes) {
  uint32_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) {
    value = value << 8 | std::to_integer<uint32_t>(bytes[i]);
  }
  return value;
}

// As much of `value` as `bytes` has room for.
inline void StoreWord(base::ByteSpan bytes, uint32_t value) {
  for (std::byte& byte : bytes) {
    byte = static_cast<std::byte>(value);
    value >>= 8;
  }
}

}  // namespace netctl
