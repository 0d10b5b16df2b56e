// Bytes as tests write them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stack/base/bytes.h"

namespace test {

using ByteVector = std::vector<std::byte>;

inline ByteVector ToBytes(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}
inline ByteVector ToBytes(std::initializer_list<int> values) {
  ByteVector bytes;
  for (const int value : values) {
    bytes.push_back(static_cast<std::byte>(value));
  }
  return bytes;
}
inline ByteVector ToVector(base::ConstByteSpan bytes) { return {bytes.begin(), bytes.end()}; }
inline std::string ToText(base::ConstByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline void AppendTo(ByteVector& to, base::ConstByteSpan more) {
  to.insert(to.end(), more.begin(), more.end());
}
// `size` bytes that differ from their neighbours: 0, 1, 2 ...
inline ByteVector Pattern(size_t size) {
  ByteVector bytes(size);
  for (size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<std::byte>(i);
  }
  return bytes;
}

}  // namespace test
