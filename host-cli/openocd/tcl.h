// Words and lists of Tcl as text: the one place that knows their quoting.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netctl {

// `word` so that Tcl takes it as one word with exactly these characters.
std::string TclQuote(std::string_view word);

// The elements of a Tcl list; nullopt when its braces or quotes do not match.
std::optional<std::vector<std::string>> ParseTclList(std::string_view text);

}  // namespace netctl
