// SHA-256 (FIPS 180-4 6.2), fed in pieces.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "stack/base/bytes.h"

namespace agent {

class Sha256 {
 public:
  static constexpr size_t kDigestSize = 32;
  using Digest = std::array<uint8_t, kDigestSize>;

  void Add(base::ConstByteSpan data);
  // Of everything added; the object is as new afterwards.
  Digest Finish();

 private:
  static constexpr size_t kBlockSize = 64;
  using State = std::array<uint32_t, 8>;

  // FIPS 180-4 5.3.3: the first 32 bits of the fractions of the square roots of the first 8 primes.
  static constexpr State kInitial = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                     0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

  void AddBlock(const std::byte* block);

  State state_ = kInitial;
  uint64_t size_ = 0;                       // bytes added
  std::array<std::byte, kBlockSize> rest_;  // the first size_ % kBlockSize are in use
};

}  // namespace agent
