// Text into a span, without printf: what does not fit is left out, and that is remembered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "stack/base/address.h"
#include "stack/base/time.h"

namespace agent {

class TextWriter {
 public:
  // `out` outlives the writer.
  explicit TextWriter(std::span<char> out) : out_(out) {}

  TextWriter& Text(std::string_view text);
  TextWriter& Decimal(uint64_t value);
  // At least `digits` lower-case digits, leading zeros included.
  TextWriter& Hex(uint64_t value, size_t digits = 1);
  TextWriter& Address(base::Ipv4Address address);           // 192.0.2.1
  TextWriter& Address(const base::SocketAddress& address);  // 192.0.2.1:80
  TextWriter& Mac(const base::MacAddress& address);         // 02:00:00:00:00:01
  TextWriter& Seconds(base::Duration duration);  // 12.345, cut off, not rounded; not negative
  // With the five characters that HTML gives a meaning replaced by references.
  TextWriter& Html(std::string_view text);

  std::string_view view() const { return {out_.data(), used_}; }
  size_t room() const { return out_.size() - used_; }
  bool overflowed() const { return overflowed_; }
  void Clear() {
    used_ = 0;
    overflowed_ = false;
  }

 private:
  void Digits(uint64_t value, uint64_t radix, size_t digits);

  std::span<char> out_;
  size_t used_ = 0;
  bool overflowed_ = false;
};

}  // namespace agent
