// What an HTTP URL says.
#pragma once

#include <cstdint>
#include <string>

#include "host-cli/error.h"

namespace netctl {

struct Url {
  std::string host;
  uint16_t port = 80;
  std::string path = "/";
};

// http://host[:port][/path]. kUsage with what is wrong; other schemes are named.
Expected<Url> ParseUrl(const std::string& text);

}  // namespace netctl
