// A board that netctl can reach, by name.
#pragma once

#include <string>

namespace netctl {

struct Target {
  std::string name;     // of netctl.toml, or the URL itself
  std::string channel;  // URL, see channels/url.h
  std::string probe;    // URL of a debug port, when the channel is none; may be empty
  std::string peer;     // host that tests talk to from the board (address or name); may be empty
  std::string origin;   // where it was defined: "built in", "--target", "./netctl.toml:12"
};

}  // namespace netctl
