// Spans of bytes, and loads and stores in a named byte order.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace base {

using ByteSpan = std::span<std::byte>;
using ConstByteSpan = std::span<const std::byte>;

enum class ByteOrder : uint8_t { kLittle, kBig };

// The wire's order for internet headers (RFC 1700); host <-> agent messages are little-endian.
inline constexpr ByteOrder kNetworkOrder = ByteOrder::kBig;
inline constexpr ByteOrder kMessageOrder = ByteOrder::kLittle;

namespace internal {
template <ByteOrder kOrder, std::unsigned_integral T>
constexpr T ToOrder(T value) {
  constexpr bool kHostIsLittle = std::endian::native == std::endian::little;
  if constexpr (sizeof(T) > 1 && kHostIsLittle != (kOrder == ByteOrder::kLittle)) {
    return std::byteswap(value);
  }
  return value;
}
}  // namespace internal

// Reads a T at `from`, which needs no alignment. The caller has checked the length.
template <ByteOrder kOrder, std::unsigned_integral T>
constexpr T Load(const std::byte* from) {
  if consteval {
    T value = 0;
    for (size_t i = 0; i < sizeof(T); ++i) {
      const size_t shift = 8 * (kOrder == ByteOrder::kBig ? sizeof(T) - 1 - i : i);
      value = static_cast<T>(value | static_cast<T>(static_cast<T>(from[i]) << shift));
    }
    return value;
  }
  T value;
  std::memcpy(&value, from, sizeof(T));
  return internal::ToOrder<kOrder>(value);
}

// Writes `value` at `to`, which needs no alignment. The caller has checked the length.
template <ByteOrder kOrder, std::unsigned_integral T>
constexpr void Store(std::byte* to, T value) {
  if consteval {
    for (size_t i = 0; i < sizeof(T); ++i) {
      const size_t shift = 8 * (kOrder == ByteOrder::kBig ? sizeof(T) - 1 - i : i);
      to[i] = static_cast<std::byte>(value >> shift);
    }
    return;
  }
  const T ordered = internal::ToOrder<kOrder>(value);
  std::memcpy(to, &ordered, sizeof(T));
}

inline constexpr uint16_t LoadBe16(const std::byte* p) {
  return Load<ByteOrder::kBig, uint16_t>(p);
}
inline constexpr uint32_t LoadBe32(const std::byte* p) {
  return Load<ByteOrder::kBig, uint32_t>(p);
}
inline constexpr void StoreBe16(std::byte* p, uint16_t v) { Store<ByteOrder::kBig>(p, v); }
inline constexpr void StoreBe32(std::byte* p, uint32_t v) { Store<ByteOrder::kBig>(p, v); }

// The bytes of a character string, without its terminator.
inline ConstByteSpan AsBytes(std::span<const char> text) { return std::as_bytes(text); }

}  // namespace base
