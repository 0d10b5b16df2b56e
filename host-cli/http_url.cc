#include "host-cli/http_url.h"

#include <algorithm>

#include "host-cli/format.h"
#include "protocol/messages/traffic.h"

namespace netctl {

Expected<Url> ParseUrl(const std::string& text) {
  constexpr std::string_view kScheme = "http://";
  if (!text.starts_with(kScheme)) {
    return Fail(ExitCode::kUsage, fmt::format("'{}' does not begin with http://", text),
                "the board speaks plain HTTP only, for example http://10.0.2.2:8000/file");
  }
  const std::string rest = text.substr(kScheme.size());
  const size_t slash = rest.find('/');
  const std::string authority = rest.substr(0, slash);
  Url url;
  url.path = slash == std::string::npos ? "/" : rest.substr(slash);
  const size_t colon = authority.rfind(':');
  url.host = authority.substr(0, colon);
  if (colon != std::string::npos) {
    const auto port = ParseNumber(authority.substr(colon + 1), 1, 65535);
    if (!port) {
      return Fail(ExitCode::kUsage, fmt::format("'{}' is no port", authority.substr(colon + 1)));
    }
    url.port = static_cast<uint16_t>(*port);
  }
  if (url.host.empty() || url.host.size() > decltype(protocol::HttpRequest::host)::kCapacity) {
    return Fail(ExitCode::kUsage,
                fmt::format("'{}' names no host of at most 128 characters", text));
  }
  const auto harmful = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; };
  if (url.path.size() > decltype(protocol::HttpRequest::path)::kCapacity ||
      std::ranges::any_of(rest, harmful)) {
    return Fail(ExitCode::kUsage, "the path is longer than 512 characters or has blanks in it");
  }
  return url;
}

}  // namespace netctl
