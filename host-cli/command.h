// One row of the table of commands.
#pragma once

#include <functional>
#include <span>

#include "host-cli/context.h"
#include "host-cli/exit_code.h"

namespace CLI {
class App;
}

namespace netctl {

using Runner = std::function<ExitCode(Context&)>;

struct Command {
  const char* name;   // "ping"; "target start" is a subcommand of the row "target"
  const char* group;  // heading in the help; of top-level names
  const char* help;   // one line, no capital, no full stop
  // Adds options to `app` and returns what runs after the parse. Null: only subcommands.
  Runner (*bind)(CLI::App& app);
  const char* examples;  // lines below the help; may be empty
};

// THE table: commands.cc.
std::span<const Command> AllCommands();

}  // namespace netctl
