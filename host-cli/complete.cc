#include "host-cli/complete.h"

#include <algorithm>

#include <fmt/format.h>

#include "host-cli/command_tree.h"
#include "host-cli/configuration.h"

namespace netctl {
namespace {

// The option of `app` or of a level above it that is written `word`; null when there is none.
const CLI::Option* FindOption(const CLI::App* app, const std::string& word) {
  for (; app != nullptr; app = app->get_parent()) {
    if (const CLI::Option* option = app->get_option_no_throw(word)) {
      return option;
    }
  }
  return nullptr;
}

bool TakesValue(const CLI::Option* option) {
  return option != nullptr && option->get_expected_max() > 0 &&
         option->get_items_expected_max() > 0;
}

class Completer {
 public:
  Completer(CommandTree& tree, std::string partial)
      : app_(&tree.app()), partial_(std::move(partial)) {}

  // A word that is complete already.
  void Follow(const std::string& word) {
    if (awaiting_ != nullptr) {
      awaiting_ = nullptr;
    } else if (word.starts_with('-') && word.size() > 1) {
      const CLI::Option* option = word.find('=') == word.npos ? FindOption(app_, word) : nullptr;
      awaiting_ = TakesValue(option) ? option : nullptr;
    } else if (CLI::App* child = FindCommand(word)) {
      app_ = child;
      positionals_ = 0;
    } else {
      ++positionals_;
    }
  }

  std::string Candidates() {
    if (awaiting_ != nullptr) {
      AddValues(awaiting_->get_type_name());
    } else if (partial_.starts_with('-')) {
      AddOptions();
    } else {
      AddCommands();
      AddPositional();
    }
    return std::move(lines_);
  }

 private:
  CLI::App* FindCommand(const std::string& word) const {
    const auto children =
        app_->get_subcommands([&word](CLI::App* child) { return child->get_name() == word; });
    return children.empty() ? nullptr : children[0];
  }

  void Add(const std::string& word, const std::string& help) {
    if (word.starts_with(partial_)) {
      lines_ += fmt::format("{}\t{}\n", word, help);
    }
  }

  void AddCommands() {
    for (const CLI::App* command : app_->get_subcommands([](const CLI::App*) { return true; })) {
      Add(command->get_name(), command->get_description());
    }
  }

  void AddOptions() {
    for (const CLI::App* level = app_; level != nullptr; level = level->get_parent()) {
      for (const CLI::Option* option : level->get_options()) {
        for (const std::string& name : option->get_lnames()) {
          Add("--" + name, option->get_description());
        }
        for (const std::string& name : option->get_snames()) {
          Add("-" + name, option->get_description());
        }
      }
    }
  }

  void AddPositional() {
    size_t index = 0;
    for (const CLI::Option* option : app_->get_options()) {
      if (!option->get_positional()) {
        continue;
      }
      const bool repeats = option->get_expected_max() > 1;
      if (index == positionals_ || (index < positionals_ && repeats)) {
        AddValues(option->get_type_name());
      }
      ++index;
    }
  }

  // Type names say what a value is: TARGET and NAME targets, FILE files, a|b|c a choice.
  void AddValues(const std::string& type) {
    if (type == "FILE") {
      lines_ += ":files\n";
    } else if (type == "TARGET" || type == "NAME") {
      AddTargets();
      lines_ += type == "TARGET" ? ":files\n" : "";
    } else if (type.find('|') != type.npos) {
      AddChoices(type);
    }
  }

  void AddTargets() {
    const auto configuration = LoadConfiguration(ConfigurationFiles());
    if (!configuration) {
      return;
    }
    for (const auto& [name, target] : configuration->targets) {
      Add(name, target.channel);
    }
  }

  void AddChoices(std::string_view choices) {
    while (!choices.empty()) {
      const size_t end = std::min(choices.find('|'), choices.size());
      Add(std::string(choices.substr(0, end)), "");
      choices.remove_prefix(std::min(end + 1, choices.size()));
    }
  }

  CLI::App* app_;
  std::string partial_;
  const CLI::Option* awaiting_ = nullptr;  // its value comes next
  size_t positionals_ = 0;
  std::string lines_;
};

constexpr char kBash[] = R"(# netctl completion for bash: source <(netctl completion bash)
_netctl() {
  local word help current="${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  while IFS=$'\t' read -r word help; do
    if [[ $word == :files ]]; then
      compopt -o filenames 2>/dev/null
      mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
    else
      COMPREPLY+=("$word")
    fi
  done < <("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _netctl netctl
)";

constexpr char kZsh[] = R"(#compdef netctl
# netctl completion for zsh: put this into a file _netctl on your fpath
_netctl() {
  local line word help
  local -a found
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      _files
      continue
    fi
    word=${line%%$'\t'*}
    help=${line#*$'\t'}
    found+=("${word//:/\\:}:$help")
  done < <("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)
  (( ${#found} )) && _describe netctl found
}
if [[ $funcstack[1] == _netctl ]]; then
  _netctl "$@"
else
  compdef _netctl netctl
fi
)";

constexpr char kFish[] = R"(# netctl completion for fish: netctl completion fish | source
function __netctl_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] __complete $words[2..-1] 2>/dev/null)
        if test "$line" = ":files"
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c netctl -f -a '(__netctl_complete)'
)";

}  // namespace

std::string Complete(CommandTree& tree, std::span<const std::string> words) {
  Completer completer(tree, words.empty() ? std::string() : words.back());
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    completer.Follow(words[i]);
  }
  return completer.Candidates();
}

std::string CompletionScript(std::string_view shell) {
  if (shell == "bash") {
    return kBash;
  }
  if (shell == "zsh") {
    return kZsh;
  }
  return shell == "fish" ? kFish : "";
}

}  // namespace netctl
