// Addresses and durations as text: fmt formatters one way, Parse() the other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "host-cli/error.h"
#include "stack/base/address.h"
#include "stack/base/bounded.h"
#include "stack/base/time.h"

namespace netctl {

// Each reads the whole of `text`; the error (kUsage) quotes it and says what is expected.
Expected<void> Parse(std::string_view text,
                     base::MacAddress& value);  // 02:00:00:00:00:01, also with '-'
Expected<void> Parse(std::string_view text, base::Ipv4Address& value);  // 192.0.2.1
Expected<void> Parse(std::string_view text, base::IpAddress& value);
Expected<void> Parse(std::string_view text, base::SocketAddress& value);  // 192.0.2.1:80
Expected<void> Parse(std::string_view text,
                     base::Duration& value);  // 500ms, 2s, 1.5m; no unit: seconds

// Decimal, or hexadecimal with 0x. kUsage when it is no number or not within minimum to maximum.
Expected<uint64_t> ParseNumber(std::string_view text, uint64_t minimum, uint64_t maximum);
// As ParseNumber, also with k, M, G (1024 each) behind it: 64k.
Expected<uint64_t> ParseSize(std::string_view text, uint64_t maximum);
// Pairs of hexadecimal digits, blanks and colons between them allowed.
Expected<std::string> ParseHex(std::string_view text);

// "1.5 s", "23.4 ms", "870 us".
std::string FormatDuration(base::Duration duration);
// "94.1 Mbit/s".
std::string FormatBitRate(double bits_per_second);
// "1.4 MiB".
std::string FormatSize(uint64_t bytes);
// Lower-case pairs without separator.
std::string FormatHex(base::ConstByteSpan bytes);
// Control characters and invalid UTF-8 as \xNN: text of a board must not steer the terminal.
std::string EscapeText(std::string_view text);

}  // namespace netctl

template <>
struct fmt::formatter<base::MacAddress> : fmt::formatter<fmt::string_view> {
  fmt::format_context::iterator format(const base::MacAddress& mac,
                                       fmt::format_context& context) const;
};
template <>
struct fmt::formatter<base::Ipv4Address> : fmt::formatter<fmt::string_view> {
  fmt::format_context::iterator format(const base::Ipv4Address& address,
                                       fmt::format_context& context) const;
};
template <>
struct fmt::formatter<base::IpAddress> : fmt::formatter<base::Ipv4Address> {
  fmt::format_context::iterator format(const base::IpAddress& address,
                                       fmt::format_context& context) const {
    return fmt::formatter<base::Ipv4Address>::format(address.v4, context);
  }
};
template <>
struct fmt::formatter<base::SocketAddress> : fmt::formatter<fmt::string_view> {
  fmt::format_context::iterator format(const base::SocketAddress& address,
                                       fmt::format_context& context) const;
};
template <size_t N>
struct fmt::formatter<base::Text<N>> : fmt::formatter<fmt::string_view> {
  fmt::format_context::iterator format(const base::Text<N>& text,
                                       fmt::format_context& context) const {
    return fmt::formatter<fmt::string_view>::format(netctl::EscapeText(text.view()), context);
  }
};
