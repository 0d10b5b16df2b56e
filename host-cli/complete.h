// Shell completion out of the command tree itself, so that it cannot fall behind.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace netctl {

class CommandTree;

// What `netctl __complete WORDS...` prints: one candidate a line, "word<TAB>help", for the last of
// `words`, which may be empty. The line ":files" asks the shell for file names.
std::string Complete(CommandTree& tree, std::span<const std::string> words);

// The script for "bash", "zsh" or "fish"; empty for anything else.
std::string CompletionScript(std::string_view shell);

}  // namespace netctl
