#include "agent/services/text_writer.h"

#include <algorithm>
#include <array>

namespace agent {

TextWriter& TextWriter::Text(std::string_view text) {
  const size_t count = std::min(text.size(), out_.size() - used_);
  overflowed_ |= count < text.size();
  std::ranges::copy(text.substr(0, count), out_.begin() + static_cast<ptrdiff_t>(used_));
  used_ += count;
  return *this;
}

void TextWriter::Digits(uint64_t value, uint64_t radix, size_t digits) {
  std::array<char, 20> reversed;  // 2^64 has 20 decimal digits
  size_t count = 0;
  while ((value != 0 || count < digits) && count < reversed.size()) {
    reversed[reversed.size() - ++count] = "0123456789abcdef"[value % radix];
    value /= radix;
  }
  Text({reversed.data() + reversed.size() - count, count});
}

TextWriter& TextWriter::Decimal(uint64_t value) {
  Digits(value, 10, 1);
  return *this;
}

TextWriter& TextWriter::Hex(uint64_t value, size_t digits) {
  Digits(value, 16, digits);
  return *this;
}

TextWriter& TextWriter::Address(base::Ipv4Address address) {
  for (size_t i = 0; i < 4; ++i) {
    Text(i == 0 ? "" : ".").Decimal(address.octet(i));
  }
  return *this;
}

TextWriter& TextWriter::Address(const base::SocketAddress& address) {
  return Address(address.ip.v4).Text(":").Decimal(address.port);
}

TextWriter& TextWriter::Mac(const base::MacAddress& address) {
  for (size_t i = 0; i < address.octets.size(); ++i) {
    Text(i == 0 ? "" : ":").Hex(address.octets[i], 2);
  }
  return *this;
}

TextWriter& TextWriter::Seconds(base::Duration duration) {
  const auto milliseconds = static_cast<uint64_t>(base::ToMilliseconds(duration));
  Decimal(milliseconds / 1000).Text(".");
  Digits(milliseconds % 1000, 10, 3);
  return *this;
}

TextWriter& TextWriter::Html(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case '&':
        Text("&amp;");
        break;
      case '<':
        Text("&lt;");
        break;
      case '>':
        Text("&gt;");
        break;
      case '"':
        Text("&quot;");
        break;
      case '\'':
        Text("&#39;");
        break;
      default:
        Text(text.substr(i, 1));
    }
  }
  return *this;
}

}  // namespace agent
