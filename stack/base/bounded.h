// Sequences with a fixed capacity that live inside their owner. On the wire: a count, then the
// elements.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "stack/base/bytes.h"

namespace base {

// At most N elements; the wire form is a 16-bit count followed by the elements.
template <typename T, size_t N>
struct Bounded {
  static_assert(N <= 0xffff);
  using value_type = T;
  static constexpr size_t kCapacity = N;

  std::array<T, N> items{};
  uint16_t count = 0;

  constexpr size_t size() const { return count; }
  constexpr bool empty() const { return count == 0; }
  constexpr bool full() const { return count == N; }
  constexpr T* begin() { return items.data(); }
  constexpr T* end() { return items.data() + count; }
  constexpr const T* begin() const { return items.data(); }
  constexpr const T* end() const { return items.data() + count; }
  constexpr T& operator[](size_t index) { return items[index]; }
  constexpr const T& operator[](size_t index) const { return items[index]; }
  constexpr std::span<T> span() { return {items.data(), count}; }
  constexpr std::span<const T> span() const { return {items.data(), count}; }

  // False, and nothing changed, when the sequence is full.
  constexpr bool Append(const T& item) {
    if (full()) {
      return false;
    }
    items[count] = item;
    ++count;
    return true;
  }
  // Takes as much of `source` as fits; returns how many elements that was.
  constexpr size_t Assign(std::span<const T> source) {
    count = static_cast<uint16_t>(std::min(source.size(), N));
    std::copy_n(source.begin(), count, items.begin());
    return count;
  }
  constexpr bool operator==(const Bounded& other) const {
    return std::equal(begin(), end(), other.begin(), other.end());
  }
};

// Text of at most N bytes, no terminator. What does not fit is cut off.
template <size_t N>
struct Text : Bounded<char, N> {
  constexpr Text() = default;
  constexpr Text(std::string_view text) {
    this->Assign(std::span(text.data(), text.size()));
  }  // NOLINT
  constexpr std::string_view view() const { return {this->items.data(), this->count}; }
};

// Raw bytes, at most N.
template <size_t N>
using Bytes = Bounded<std::byte, N>;

}  // namespace base
