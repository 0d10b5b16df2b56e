// "Did you mean": the known word nearest to a misspelt one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace netctl {

// " (did you mean 'ping'?)", or nothing when no word is near.
std::string DidYouMean(std::string_view word, std::span<const std::string> known);

}  // namespace netctl
