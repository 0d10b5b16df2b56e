#include "agent/text_builder.h"

#include <algorithm>

namespace agent {

TextBuilder& TextBuilder::Add(std::string_view text) {
  const size_t count = std::min(text.size(), storage_.size() - size_);
  std::copy_n(text.data(), count, storage_.data() + size_);
  size_ += count;
  return *this;
}

TextBuilder& TextBuilder::AddDecimal(uint64_t value, size_t min_digits) {
  std::array<char, 20> digits;
  size_t first = digits.size();
  min_digits = std::min(min_digits, digits.size());
  do {
    --first;
    digits[first] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0 || digits.size() - first < min_digits);
  return Add({digits.data() + first, digits.size() - first});
}

TextBuilder& TextBuilder::AddHex(uint64_t value, size_t digits) {
  for (size_t i = digits; i > 0; --i) {
    Add({&"0123456789abcdef"[(value >> (4 * (i - 1))) & 0xf], 1});
  }
  return *this;
}

TextBuilder& TextBuilder::Add(base::Ipv4Address address) {
  for (size_t i = 0; i < 4; ++i) {
    Add(i == 0 ? "" : ".").AddDecimal(address.octet(i));
  }
  return *this;
}

TextBuilder& TextBuilder::Add(const base::MacAddress& mac) {
  for (size_t i = 0; i < mac.octets.size(); ++i) {
    Add(i == 0 ? "" : ":").AddHex(mac.octets[i], 2);
  }
  return *this;
}

}  // namespace agent
