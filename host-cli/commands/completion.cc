// netctl completion: the script that a shell sources.
#include <memory>

#include "host-cli/commands/binders.h"
#include "host-cli/complete.h"
#include "host-cli/options.h"

namespace netctl {

Runner BindCompletion(CLI::App& app) {
  auto shell = std::make_shared<std::string>();
  AddText(app, "shell", *shell, "which shell the script is for", "bash|zsh|fish").Required();
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
