// The table of commands as a CLI11 tree.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "host-cli/command.h"

namespace netctl {

class CommandTree {
 public:
  // Global options write to `options`, which outlives the tree.
  explicit CommandTree(GlobalOptions& options);

  CLI::App& app() { return app_; }
  // The command that the last parse chose; null when there was none.
  const CLI::App* chosen() const;
  // What runs it; a command that only carries subcommands runs its "show", else it is empty.
  Runner runner() const;

 private:
  void AddGlobalOptions(GlobalOptions& options);
  void AddCommand(const Command& command);

  CLI::App app_;
  std::map<const CLI::App*, Runner> runners_;
};

// "netctl target start".
std::string FullName(const CLI::App& app);

// The help of `netctl` without arguments: groups of commands and two examples.
std::string ShortHelp();

}  // namespace netctl
