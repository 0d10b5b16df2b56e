// The text of the character generator (RFC 864): lines of 72 characters, each begins with the
// second character of the one before, over the 95 printable characters of ASCII. Also the data of
// throughput tests: anybody can say which byte belongs at which offset.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "stack/base/bytes.h"

namespace agent {

inline constexpr size_t kChargenCharacters = 95;
inline constexpr size_t kChargenLine = 74;  // 72 characters, CR, LF
inline constexpr size_t kChargenPeriod = kChargenCharacters * kChargenLine;

// The byte at `offset` of the endless text.
constexpr std::byte ChargenByte(uint64_t offset) {
  const auto line = static_cast<size_t>(offset / kChargenLine % kChargenCharacters);
  const auto column = static_cast<size_t>(offset % kChargenLine);
  if (column >= kChargenLine - 2) {
    return static_cast<std::byte>(column == kChargenLine - 2 ? '\r' : '\n');
  }
  return static_cast<std::byte>(' ' + (line + column) % kChargenCharacters);
}

// One period of the text, in flash.
inline constexpr std::array<std::byte, kChargenPeriod> kChargenText = [] {
  std::array<std::byte, kChargenPeriod> text{};
  for (size_t i = 0; i < text.size(); ++i) {
    text[i] = ChargenByte(i);
  }
  return text;
}();

// The text from `offset` on, as far as one period lasts: at least one byte.
constexpr base::ConstByteSpan ChargenFrom(uint64_t offset) {
  return base::ConstByteSpan(kChargenText).subspan(static_cast<size_t>(offset % kChargenPeriod));
}

}  // namespace agent
