#include "host-cli/channels/url.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "host-cli/format.h"
#include "host-cli/suggest.h"

namespace netctl {
namespace {

using Kind = ChannelUrl::Kind;

struct Scheme {
  std::string_view prefix;
  Kind kind;
  bool names_host;
  bool has_options;
  std::string_view options;  // known ones, separated by blanks
};
constexpr std::array<Scheme, 10> kSchemes = {{
    {"serial://", Kind::kSerial, false, true, "baud rtscts"},
    {"socket://", Kind::kSocket, true, false, ""},
    {"unix://", Kind::kUnix, false, false, ""},
    {"exec:", Kind::kExec, false, false, ""},
    {"qemu:", Kind::kQemu, false, true, "kernel nic args"},
    {"sim:", Kind::kSim, false, false, ""},
    {"vboard:", Kind::kVboard, false, true, "image tap forward fault seed control"},
    {"probe:", Kind::kProbe, false, true, "elf rtt ram khz idcode"},
    {"openocd://", Kind::kOpenOcd, true, true, "elf rtt ram"},
    {"openocd:", Kind::kOpenOcd, false, true, "elf rtt ram probe"},
}};

// Errors that point into the text; columns count from 1.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::unexpected<Error> Bad(size_t offset, std::string_view why) const {
    return Fail(ExitCode::kUsage,
                fmt::format("channel '{}', column {}: {}", EscapeText(text_), offset + 1, why),
                "for example /dev/ttyACM0, socket://host:port, qemu:mps2-an386");
  }
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

Expected<std::string> PercentDecode(const Reader& reader, size_t begin, size_t end) {
  std::string out;
  for (size_t i = begin; i < end; ++i) {
    const char c = reader.text()[i];
    if (c != '%') {
      out += c;
      continue;
    }
    const auto byte =
        end - i > 2 ? ParseHex(reader.text().substr(i + 1, 2)) : Fail(ExitCode::kUsage, "");
    if (!byte || byte->size() != 1) {
      return reader.Bad(i, "'%' needs two hexadecimal digits behind it");
    }
    out += *byte;
    i += 2;
  }
  return out;
}

Expected<void> ParseOptions(const Reader& reader, size_t begin, std::string_view known,
                            ChannelUrl& url) {
  const std::string_view text = reader.text();
  while (begin < text.size()) {
    const size_t end = std::min(text.find('&', begin), text.size());
    const size_t equals = text.substr(0, end).find('=', begin);
    if (equals == text.npos || equals == begin) {
      return reader.Bad(begin, "expected option=value");
    }
    const std::string name(text.substr(begin, equals - begin));
    if (fmt::format(" {} ", known).find(fmt::format(" {} ", name)) == std::string::npos) {
      return reader.Bad(begin, fmt::format("no option '{}'; there is: {}", name, known));
    }
    auto value = PercentDecode(reader, equals + 1, end);
    if (!value) {
      return std::unexpected(value.error());
    }
    url.options[name] = std::move(*value);
    begin = end + 1;
  }
  return {};
}

Expected<void> ParseHostPort(const Reader& reader, size_t begin, size_t end, ChannelUrl& url) {
  std::string_view rest = reader.text().substr(begin, end - begin);
  if (rest.ends_with('/')) {
    rest.remove_suffix(1);
  }
  const size_t colon = rest.rfind(':');
  if (colon == rest.npos || colon == 0) {
    return reader.Bad(begin, "expected host:port");
  }
  const auto port = ParseNumber(rest.substr(colon + 1), 1, 65535);
  if (!port) {
    return reader.Bad(begin + colon + 1, "the port must be a number from 1 to 65535");
  }
  std::string_view host = rest.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  }
  url.host = host;
  url.port = static_cast<uint16_t>(*port);
  return {};
}

std::string UnknownScheme(std::string_view scheme) {
  std::vector<std::string> names;
  for (const Scheme& known : kSchemes) {
    const std::string name(known.prefix.substr(0, known.prefix.find(':')));
    if (names.empty() || names.back() != name) {
      names.push_back(name);
    }
  }
  if (std::ranges::find(names, scheme) != names.end()) {
    return fmt::format("'{0}:' goes on with //, as in {0}://...", scheme);
  }
  return fmt::format("no kind of channel '{}'{}; there is: {}", scheme, DidYouMean(scheme, names),
                     fmt::join(names, ", "));
}

}  // namespace

std::string EncodeOption(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '%' || c == '&') {
      out += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

bool LooksLikeUrl(std::string_view text) { return text.find_first_of(":/") != text.npos; }

std::string ChannelUrl::Option(const std::string& name) const {
  const auto found = options.find(name);
  return found == options.end() ? std::string() : found->second;
}

Expected<uint32_t> ChannelUrl::Number(const std::string& name, uint32_t fallback,
                                      uint32_t maximum) const {
  const auto found = options.find(name);
  if (found == options.end()) {
    return fallback;
  }
  const auto number = ParseNumber(found->second, 0, maximum);
  if (!number) {
    return std::unexpected(Error(number.error()).In(fmt::format("channel '{}', {}", text, name)));
  }
  return static_cast<uint32_t>(*number);
}

Expected<ChannelUrl> ParseChannelUrl(std::string_view text) {
  const Reader reader(text);
  ChannelUrl url;
  url.text = text;
  if (text.starts_with('/')) {
    url.path = text;
    return url;
  }
  const auto* scheme = std::ranges::find_if(
      kSchemes, [text](const Scheme& known) { return text.starts_with(known.prefix); });
  if (scheme == kSchemes.end()) {
    const size_t colon = text.find(':');
    return reader.Bad(0, colon == text.npos ? "expected a device or scheme:..."
                                            : UnknownScheme(text.substr(0, colon)));
  }
  url.kind = scheme->kind;
  const size_t begin = scheme->prefix.size();
  const size_t question = scheme->has_options ? std::min(text.find('?'), text.size()) : text.size();
  url.path = text.substr(begin, question - begin);
  if (scheme->names_host) {
    if (const auto parsed = ParseHostPort(reader, begin, question, url); !parsed) {
      return std::unexpected(parsed.error());
    }
  }
  if ((url.kind == Kind::kSerial || url.kind == Kind::kUnix) && !url.path.starts_with('/')) {
    return reader.Bad(begin, "expected a path that begins with '/'");
  }
  if (url.path.empty() && (url.kind == Kind::kExec || url.kind == Kind::kOpenOcd)) {
    return reader.Bad(begin, url.kind == Kind::kExec ? "expected a command"
                                                     : "expected a configuration of OpenOCD");
  }
  if (const auto parsed = ParseOptions(reader, question + 1, scheme->options, url); !parsed) {
    return std::unexpected(parsed.error());
  }
  return url;
}

}  // namespace netctl
