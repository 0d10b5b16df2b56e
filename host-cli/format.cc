#include "host-cli/format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace netctl {
namespace {

std::unexpected<Error> Bad(std::string_view text, std::string_view expected) {
  return Fail(ExitCode::kUsage, fmt::format("'{}' is not {}", EscapeText(text), expected));
}

// The whole of `text` as an unsigned number.
std::optional<uint64_t> WholeNumber(std::string_view text, int base) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

std::optional<uint64_t> DecimalOrHex(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) {
    return WholeNumber(text.substr(2), 16);
  }
  return WholeNumber(text, 10);
}

struct Unit {
  std::string_view name;
  double microseconds;
};
constexpr std::array<Unit, 6> kUnits = {
    {{"us", 1}, {"ms", 1e3}, {"s", 1e6}, {"m", 60e6}, {"min", 60e6}, {"h", 3600e6}}};

bool IsPrintableAscii(unsigned char c) { return c >= 0x20 && c < 0x7f; }

// Length of the well-formed UTF-8 sequence at the front of `text` that is no control character; 0
// when there is none (RFC 3629 section 4).
size_t PrintableSequence(std::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) {
    return IsPrintableAscii(byte(0)) ? 1 : 0;
  }
  const size_t length = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
  if (byte(0) < 0xc2 || byte(0) > 0xf4 || text.size() < length) {
    return 0;
  }
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) {
      return 0;
    }
  }
  const bool overlong = (byte(0) == 0xe0 && byte(1) < 0xa0) || (byte(0) == 0xf0 && byte(1) < 0x90);
  const bool surrogate = byte(0) == 0xed && byte(1) >= 0xa0;
  const bool too_large = byte(0) == 0xf4 && byte(1) >= 0x90;
  const bool c1_control = byte(0) == 0xc2 && byte(1) < 0xa0;
  return overlong || surrogate || too_large || c1_control ? 0 : length;
}

}  // namespace

Expected<void> Parse(std::string_view text, base::MacAddress& value) {
  constexpr std::string_view kExpected = "a MAC address such as 02:00:00:00:00:01";
  if (text.size() != 17) {
    return Bad(text, kExpected);
  }
  base::MacAddress parsed;
  for (size_t i = 0; i < parsed.octets.size(); ++i) {
    const auto octet = WholeNumber(text.substr(3 * i, 2), 16);
    const bool separated = i == 5 || text[3 * i + 2] == ':' || text[3 * i + 2] == '-';
    if (!octet || !separated) {
      return Bad(text, kExpected);
    }
    parsed.octets[i] = static_cast<uint8_t>(*octet);
  }
  value = parsed;
  return {};
}

Expected<void> Parse(std::string_view text, base::Ipv4Address& value) {
  uint32_t address = 0;
  std::string_view rest = text;
  for (int i = 0; i < 4; ++i) {
    const size_t dot = i < 3 ? rest.find('.') : rest.size();
    // No dot is beyond 3, too.
    const auto octet = dot > 3 ? std::nullopt : WholeNumber(rest.substr(0, dot), 10);
    if (!octet || *octet > 255) {
      return Bad(text, "an IPv4 address such as 192.0.2.1");
    }
    address = address << 8 | static_cast<uint32_t>(*octet);
    rest.remove_prefix(std::min(dot + 1, rest.size()));
  }
  value = {address};
  return {};
}

Expected<void> Parse(std::string_view text, base::IpAddress& value) {
  base::Ipv4Address address;
  const auto parsed = Parse(text, address);
  value = address;
  return parsed;
}

Expected<void> Parse(std::string_view text, base::SocketAddress& value) {
  const size_t colon = text.rfind(':');
  base::Ipv4Address address;
  const auto port = colon == text.npos ? std::nullopt : WholeNumber(text.substr(colon + 1), 10);
  if (!port || *port == 0 || *port > 65535 || !Parse(text.substr(0, colon), address)) {
    return Bad(text, "an address with port such as 192.0.2.1:80");
  }
  value = {address, static_cast<uint16_t>(*port)};
  return {};
}

Expected<void> Parse(std::string_view text, base::Duration& value) {
  constexpr double kLongest = 366.0 * 24 * 3600 * 1e6;
  constexpr std::string_view kExpected = "a duration such as 500ms, 2s or 1.5m";
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  const std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  const auto* found = std::ranges::find(kUnits, unit.empty() ? "s" : unit, &Unit::name);
  if (error != std::errc() || found == kUnits.end() || !(number >= 0)) {
    return Bad(text, kExpected);
  }
  const double microseconds = number * found->microseconds;
  if (microseconds > kLongest) {
    return Bad(text, "a duration of at most a year");
  }
  value = base::Duration(std::llround(microseconds));
  return {};
}

Expected<uint64_t> ParseNumber(std::string_view text, uint64_t minimum, uint64_t maximum) {
  const auto number = DecimalOrHex(text);
  if (!number || *number < minimum || *number > maximum) {
    return Bad(text, fmt::format("a number from {} to {}", minimum, maximum));
  }
  return *number;
}

Expected<uint64_t> ParseSize(std::string_view text, uint64_t maximum) {
  constexpr std::string_view kPrefixes = "kMG";
  std::string_view digits = text;
  unsigned shift = 0;
  if (const size_t prefix = digits.empty()
                                ? kPrefixes.npos
                                : kPrefixes.find(digits.back() == 'K' ? 'k' : digits.back());
      prefix != kPrefixes.npos) {
    shift = 10 * static_cast<unsigned>(prefix + 1);
    digits.remove_suffix(1);
  }
  const auto number = DecimalOrHex(digits);
  if (!number || *number > (maximum >> shift)) {
    return Bad(text, fmt::format("a size such as 1500 or 64k, at most {}", maximum));
  }
  return *number << shift;
}

Expected<std::string> ParseHex(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != ' ' && c != ':' && c != '\n' && c != '\t' && c != '\r') {
      digits += c;
    }
  }
  std::string bytes;
  for (size_t i = 0; i < digits.size(); i += 2) {
    const auto byte = WholeNumber(std::string_view(digits).substr(i, 2), 16);
    if (!byte || digits.size() - i < 2) {
      return Bad(text.substr(0, 32), "a row of pairs of hexadecimal digits");
    }
    bytes += static_cast<char>(*byte);
  }
  return bytes;
}

std::string FormatDuration(base::Duration duration) {
  const auto us = static_cast<double>(duration.count());
  if (us < 1e3) {
    return fmt::format("{} us", duration.count());
  }
  if (us < 999.5e3) {
    return fmt::format("{:.3g} ms", us / 1e3);
  }
  if (us < 120e6) {
    return fmt::format("{:.1f} s", us / 1e6);
  }
  const int64_t seconds = duration.count() / 1'000'000;
  return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string FormatBitRate(double bits_per_second) {
  if (bits_per_second >= 1e6) {
    return fmt::format("{:.2f} Mbit/s", bits_per_second / 1e6);
  }
  return fmt::format("{:.1f} kbit/s", bits_per_second / 1e3);
}

std::string FormatSize(uint64_t bytes) {
  if (bytes < 10'000) {
    return fmt::format("{} B", bytes);
  }
  const auto size = static_cast<double>(bytes);
  if (bytes < uint64_t{1} << 20) {
    return fmt::format("{:.1f} KiB", size / 1024);
  }
  return fmt::format("{:.1f} MiB", size / 1024 / 1024);
}

std::string FormatHex(base::ConstByteSpan bytes) {
  std::string text;
  for (const std::byte byte : bytes) {
    fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<unsigned>(byte));
  }
  return text;
}

std::string EscapeText(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (const size_t length = PrintableSequence(text); length > 0) {
      out += text.substr(0, length);
      text.remove_prefix(length);
      continue;
    }
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(text[0]));
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace netctl

fmt::format_context::iterator fmt::formatter<base::MacAddress>::format(
    const base::MacAddress& mac, fmt::format_context& context) const {
  return fmt::formatter<fmt::string_view>::format(fmt::format("{:02x}", fmt::join(mac.octets, ":")),
                                                  context);
}

fmt::format_context::iterator fmt::formatter<base::Ipv4Address>::format(
    const base::Ipv4Address& address, fmt::format_context& context) const {
  return fmt::formatter<fmt::string_view>::format(
      fmt::format("{}.{}.{}.{}", address.octet(0), address.octet(1), address.octet(2),
                  address.octet(3)),
      context);
}

fmt::format_context::iterator fmt::formatter<base::SocketAddress>::format(
    const base::SocketAddress& address, fmt::format_context& context) const {
  return fmt::formatter<fmt::string_view>::format(fmt::format("{}:{}", address.ip, address.port),
                                                  context);
}
