// Numbers that an outsider cannot guess: a keyed pseudo-random function (SipHash-2-4).
#pragma once

#include <cstdint>

#include "stack/base/bytes.h"

namespace stack {

// Deterministic until seeded. As good as the entropy it got.
class Random {
 public:
  // Mixes `entropy` into the key; what was there stays in it.
  void Seed(base::ConstByteSpan entropy);

  // The function of the key and `input`: the same input, the same output, until Seed. For RFC 6528
  // and RFC 6056 3.3.3.
  uint64_t Hash(base::ConstByteSpan input) const;

  // The next of a sequence that does not repeat.
  uint32_t Next32();
  uint16_t Next16() { return static_cast<uint16_t>(Next32()); }
  // 0 to bound - 1; `bound` is at least 1.
  uint32_t Below(uint32_t bound) {
    return static_cast<uint32_t>((static_cast<uint64_t>(Next32()) * bound) >> 32);
  }

 private:
  uint64_t key_[2] = {0x6e6574636f6e7472, 0x6f6c2d7374616b21};
  uint64_t counter_ = 0;
};

}  // namespace stack
