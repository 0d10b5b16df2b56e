// netctl completion: the script that a shell sources.
#include <memory>

#include <CLI/CLI.hpp>

#include "host-cli/commands/binders.h"
#include "host-cli/complete.h"

namespace netctl {

Runner BindCompletion(CLI::App& app) {
  auto shell = std::make_shared<std::string>();
  app.add_option("shell", *shell, "which shell the script is for")
      ->required()
      ->type_name("bash|zsh|fish");
  return [shell](Context& context) -> ExitCode {
    const std::string script = CompletionScript(*shell);
    if (script.empty()) {
      return context.report.Fail({ExitCode::kUsage,
                                  fmt::format("completion: no script for '{}'", *shell),
                                  "there is: bash, zsh, fish",
                                  {}});
    }
    context.report.Raw(script);
    return ExitCode::kOk;
  };
}

}  // namespace netctl
