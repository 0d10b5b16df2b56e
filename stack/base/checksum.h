// The Internet checksum (RFC 1071): sums in memory order, folding, and the copy that sums on the
// way.
//
// A `Sum` is the ones' complement sum of 16-bit words as the CPU loads them, so no byte is swapped
// while summing (RFC 1071 2(B)). All functions take and return sums in that order; only
// FinishChecksum makes the value to store.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "stack/base/bytes.h"

namespace base {

using Sum = uint16_t;

// Adds with the carries folded back: the result of a sum of any two folded or unfolded sums.
constexpr Sum FoldSum(uint32_t sum) {
  sum = (sum & 0xffff) + (sum >> 16);
  sum += sum >> 16;
  return static_cast<Sum>(sum);
}
constexpr Sum AddSums(Sum a, Sum b) { return FoldSum(static_cast<uint32_t>(a) + b); }
// a - b in ones' complement.
constexpr Sum SubtractSums(Sum a, Sum b) {
  return FoldSum(static_cast<uint32_t>(a) + static_cast<uint16_t>(~b));
}

// The sum of `bytes` moved by an odd number of bytes (RFC 1071 2(B)).
constexpr Sum SwapSum(Sum sum) { return std::byteswap(sum); }

// A host-order 16-bit word as a term of a sum.
constexpr Sum WordToSum(uint16_t word) {
  return std::endian::native == std::endian::little ? std::byteswap(word) : word;
}
// A host-order 32-bit word as a term of a sum.
constexpr Sum LongToSum(uint32_t word) {
  return FoldSum(static_cast<uint32_t>(WordToSum(static_cast<uint16_t>(word >> 16))) +
                 WordToSum(static_cast<uint16_t>(word)));
}

// A sum of up to 2^30 32-bit words in memory order.
constexpr Sum FoldWords(uint64_t sum) {
  const auto low = static_cast<uint32_t>(sum);
  return FoldSum((low & 0xffff) + (low >> 16) + static_cast<uint32_t>(sum >> 32));
}

// Sum of the `kWords` 32-bit words at `from`, which needs no alignment: for headers.
template <size_t kWords>
Sum SumWords(const std::byte* from) {
  uint64_t sum = 0;
  for (size_t i = 0; i < kWords; ++i) {
    uint32_t word;
    std::memcpy(&word, from + 4 * i, sizeof(word));
    sum += word;
  }
  return FoldWords(sum);
}

// Sum of `bytes`; an odd last byte counts as if a zero followed.
Sum SumBytes(ConstByteSpan bytes);

// Copies `from` to `to`, which is at least as large and does not overlap, and returns the sum of
// the bytes copied.
Sum CopyAndSum(ByteSpan to, ConstByteSpan from);

// The value for a checksum field, in host order (stored big-endian): the complement of the sum.
constexpr uint16_t FinishChecksum(Sum sum) { return static_cast<uint16_t>(~WordToSum(sum)); }

// True when a sum that includes the checksum field is right: ones' complement zero.
constexpr bool SumIsGood(Sum sum) { return sum == 0xffff; }

}  // namespace base
