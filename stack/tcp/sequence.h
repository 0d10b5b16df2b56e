// Sequence numbers (RFC 9293 3.4): numbers modulo 2^32 that are no integers, so that they are never
// compared or added by accident.
#pragma once

#include <cstdint>

namespace stack {

// The order is that of the circle: a < b when b is less than 2^31 ahead of a. It holds for numbers
// that belong to one window; it is not transitive over the whole circle.
class Sequence {
 public:
  constexpr Sequence() = default;
  constexpr explicit Sequence(uint32_t value) : value_(value) {}

  constexpr uint32_t value() const { return value_; }
  constexpr Sequence& operator+=(uint32_t count) {
    value_ += count;
    return *this;
  }

  friend constexpr Sequence operator+(Sequence a, uint32_t count) {
    return Sequence(a.value_ + count);
  }
  friend constexpr Sequence operator-(Sequence a, uint32_t count) {
    return Sequence(a.value_ - count);
  }
  // How far `a` is ahead of `b`; meaningful when it is.
  friend constexpr uint32_t operator-(Sequence a, Sequence b) { return a.value_ - b.value_; }
  friend constexpr bool operator==(Sequence a, Sequence b) = default;
  friend constexpr bool operator<(Sequence a, Sequence b) {
    return static_cast<int32_t>(a.value_ - b.value_) < 0;
  }
  friend constexpr bool operator>(Sequence a, Sequence b) { return b < a; }
  friend constexpr bool operator<=(Sequence a, Sequence b) { return !(b < a); }
  friend constexpr bool operator>=(Sequence a, Sequence b) { return !(a < b); }

 private:
  uint32_t value_ = 0;
};

constexpr Sequence Later(Sequence a, Sequence b) { return a < b ? b : a; }

// True for first <= x < first + count.
constexpr bool IsWithin(Sequence x, Sequence first, uint32_t count) { return x - first < count; }

}  // namespace stack
