#include "stack/base/checksum.h"

#include <cstring>

namespace base {
namespace {

uint32_t LoadWord(const std::byte* from) {
  uint32_t word;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

// The last 0 to 3 bytes, as a word padded with zeros in memory order.
uint32_t LoadTail(const std::byte* from, size_t count) {
  uint32_t word = 0;
  std::memcpy(&word, from, count);
  return word;
}

}  // namespace

Sum SumBytes(ConstByteSpan bytes) {
  uint64_t sum = 0;  // carries collect in the upper half and are folded once, at the end
  const std::byte* next = bytes.data();
  size_t left = bytes.size();
  for (; left >= 4; left -= 4, next += 4) {
    sum += LoadWord(next);
  }
  if (left != 0) {
    sum += LoadTail(next, left);
  }
  return FoldWords(sum);
}

Sum CopyAndSum(ByteSpan to, ConstByteSpan from) {
  uint64_t sum = 0;
  const std::byte* next = from.data();
  std::byte* out = to.data();
  size_t left = from.size();
  for (; left >= 4; left -= 4, next += 4, out += 4) {
    const uint32_t word = LoadWord(next);
    std::memcpy(out, &word, sizeof(word));
    sum += word;
  }
  if (left != 0) {
    sum += LoadTail(next, left);
    std::memcpy(out, next, left);
  }
  return FoldWords(sum);
}

}  // namespace base
