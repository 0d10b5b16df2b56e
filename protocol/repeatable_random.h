// Data for tests that both sides can make.
#pragma once

#include <cstdint>

#include "stack/base/bytes.h"

namespace protocol {

// xorshift64* (S. Vigna): repeatable, not unpredictable.
class RepeatableRandom {
 public:
  explicit constexpr RepeatableRandom(uint32_t seed)
      : state_((static_cast<uint64_t>(seed) << 32 | seed) ^ 0x9e3779b97f4a7c15) {}

  constexpr uint32_t Next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return static_cast<uint32_t>((state_ * 0x2545f4914f6cdd1d) >> 32);
  }
  // 0 to bound - 1; `bound` is at least 1.
  constexpr uint32_t Below(uint32_t bound) {
    return static_cast<uint32_t>((static_cast<uint64_t>(Next()) * bound) >> 32);
  }
  constexpr bool OneIn(uint32_t n) { return Below(n) == 0; }

  // The next bytes; the same bytes only when they are asked for in the same pieces.
  constexpr void Fill(base::ByteSpan out) {
    uint32_t word = 0;
    for (size_t i = 0; i < out.size(); ++i) {
      word = i % 4 == 0 ? Next() : word >> 8;
      out[i] = static_cast<std::byte>(word);
    }
  }

 private:
  uint64_t state_;
};

}  // namespace protocol
