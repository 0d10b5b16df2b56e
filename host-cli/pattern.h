// Which names a user means.
#pragma once

#include <string_view>

namespace netctl {

// True when `pattern` is a part of `name`, or, with * and ? in it, when it matches the whole of
// `name`.
bool MatchesPattern(std::string_view name, std::string_view pattern);

}  // namespace netctl
