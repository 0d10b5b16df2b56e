// Lines of text without printf.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "stack/base/address.h"

namespace agent {

// Appends to memory of the caller; what does not fit is cut off.
class TextBuilder {
 public:
  explicit TextBuilder(std::span<char> storage) : storage_(storage) {}

  TextBuilder& Add(std::string_view text);
  TextBuilder& AddDecimal(uint64_t value, size_t min_digits = 1);
  TextBuilder& AddHex(uint64_t value, size_t digits);
  TextBuilder& Add(base::Ipv4Address address);
  TextBuilder& Add(const base::MacAddress& mac);

  std::string_view view() const { return {storage_.data(), size_}; }

 private:
  std::span<char> storage_;
  size_t size_ = 0;
};

namespace internal {
template <size_t kSize>
struct TextMemory {
  std::array<char, kSize> memory;
};
}  // namespace internal

template <size_t kSize>
class Line : private internal::TextMemory<kSize>, public TextBuilder {
 public:
  Line() : TextBuilder(this->memory) {}
};

}  // namespace agent
