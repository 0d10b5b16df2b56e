#include "agent/services/address_text.h"

namespace agent {
namespace {

// The number in front of `text`, which shrinks by it; 256 when there is none of an octet.
uint32_t TakeOctet(std::string_view& text) {
  uint32_t value = 0;
  size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9' && digits < 4) {
    value = value * 10 + static_cast<uint32_t>(text[digits] - '0');
    ++digits;
  }
  const bool leading_zero = digits > 1 && text.front() == '0';
  if (digits == 0 || leading_zero || value > 255) {
    return 256;
  }
  text.remove_prefix(digits);
  return value;
}

}  // namespace

base::Result<base::Ipv4Address> ParseIpv4Address(std::string_view text) {
  base::Ipv4Address address;
  for (int i = 0; i < 4; ++i) {
    if (i != 0) {
      if (!text.starts_with('.')) {
        return std::unexpected(base::Status::kInvalidArgument);
      }
      text.remove_prefix(1);
    }
    const uint32_t octet = TakeOctet(text);
    if (octet > 255) {
      return std::unexpected(base::Status::kInvalidArgument);
    }
    address.value = address.value << 8 | octet;
  }
  if (!text.empty()) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  return address;
}

}  // namespace agent
