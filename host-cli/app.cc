#include "host-cli/app.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "build_info.h"
#include "host-cli/clock.h"
#include "host-cli/command_tree.h"
#include "host-cli/complete.h"
#include "host-cli/configuration.h"
#include "host-cli/interrupt.h"
#include "host-cli/logging.h"
#include "host-cli/paths.h"
#include "host-cli/suggest.h"

namespace netctl {
namespace {

bool WantsColor(const GlobalOptions& options, bool is_terminal) {
  if (options.no_color || !Environment("NO_COLOR").empty()) {
    return false;
  }
  return !Environment("FORCE_COLOR").empty() || (is_terminal && Environment("TERM") != "dumb");
}

ReportOptions MakeReportOptions(const GlobalOptions& options, const Surroundings& surroundings) {
  return {.json = options.json,
          .quiet = options.quiet,
          .color = !options.json && WantsColor(options, surroundings.out_is_terminal),
          .error_color = WantsColor(options, surroundings.err_is_terminal),
          .show_progress = surroundings.err_is_terminal && Environment("TERM") != "dumb"};
}

std::vector<std::string> CommandNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

std::vector<std::string> OptionNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* level = &app; level != nullptr; level = level->get_parent()) {
    for (const CLI::Option* option : level->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        names.push_back("--" + name);
      }
    }
  }
  return names;
}

// What CLI11 could not place: a misspelt command or option, or one argument too many.
std::string Unexpected(const CLI::App& app, const CLI::App& chosen) {
  std::vector<std::string> extras = app.remaining(true);
  const auto is_option = [](const std::string& word) {
    return word.starts_with('-') && word != "-";
  };
  const auto option = std::ranges::find_if(extras, is_option);
  if (option != extras.end()) {
    const std::string name = option->substr(0, option->find('='));
    return fmt::format("{} has no option '{}'{}", FullName(chosen), name,
                       DidYouMean(name, OptionNames(chosen)));
  }
  const std::string word = extras.empty() ? "" : extras.front();
  if (!CommandNames(chosen).empty()) {
    return fmt::format("{} has no command '{}'{}", FullName(chosen), word,
                       DidYouMean(word, CommandNames(chosen)));
  }
  return fmt::format("{}: unexpected argument '{}'", FullName(chosen), word);
}

Error UsageError(CommandTree& tree, const CLI::ParseError& error) {
  const CLI::App* chosen = tree.chosen() != nullptr ? tree.chosen() : &tree.app();
  std::string message = error.what();
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError)) {
    message = Unexpected(tree.app(), *chosen);
  } else {
    message = fmt::format("{}: {}", FullName(*chosen), message.substr(0, message.find('\n')));
  }
  return {ExitCode::kUsage, EscapeText(message), FullName(*chosen) + " --help", {}};
}

ExitCode Version(Report& report, const Surroundings& surroundings) {
  if (report.json()) {
    report.Object("netctl.version/1");
    report.Set("version", std::string_view(kVersion));
  } else {
    surroundings.output.out(fmt::format("netctl {}\n", kVersion));
  }
  return ExitCode::kOk;
}

// Runs the chosen command with everything it needs.
ExitCode RunCommand(const Runner& runner, const GlobalOptions& options, Report& report,
                    const Surroundings& surroundings) {
  const base::Instant deadline =
      options.timeout == base::Duration::zero() ? base::kNever : Now() + options.timeout;
  const auto find_target = [&options](std::string_view name) -> Expected<Target> {
    const auto configuration = LoadConfiguration(ConfigurationFiles());
    if (!configuration) {
      return std::unexpected(configuration.error());
    }
    return FindTarget(*configuration, name.empty() ? options.target : name);
  };
  Client client(
      [&](MessagePort::TextSink sink) -> Expected<std::unique_ptr<MessagePort>> {
        const auto found = find_target({});
        if (!found) {
          return std::unexpected(found.error());
        }
        return surroundings.open(*found, options, deadline, std::move(sink));
      },
      deadline);
  client.OnText([](std::string_view text) { spdlog::debug("board: {}", EscapeText(text)); });
  Context context{
      .options = options, .report = report, .client = client, .find_target = find_target};
  const ExitCode code = runner(context);
  return Interrupted().value_or(code);
}

ExitCode RunParsed(CommandTree& tree, const GlobalOptions& options, Report& report,
                   const Surroundings& surroundings) {
  if (options.version) {
    return Version(report, surroundings);
  }
  if (tree.chosen() == nullptr) {
    surroundings.output.out(ShortHelp());
    return ExitCode::kOk;
  }
  const Runner runner = tree.runner();
  if (!runner) {
    return report.Fail({ExitCode::kUsage,
                        fmt::format("{} needs one of: {}", FullName(*tree.chosen()),
                                    fmt::join(CommandNames(*tree.chosen()), ", ")),
                        FullName(*tree.chosen()) + " --help",
                        {}});
  }
  return RunCommand(runner, options, report, surroundings);
}

}  // namespace

ExitCode RunCommandLine(const std::vector<std::string>& arguments,
                        const Surroundings& surroundings) {
  GlobalOptions options;
  CommandTree tree(options);
  if (!arguments.empty() && arguments[0] == "__complete") {
    surroundings.output.out(Complete(tree, std::span(arguments).subspan(1)));
    return ExitCode::kOk;
  }
  std::optional<Error> usage_error;
  try {
    tree.app().parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    surroundings.output.out(tree.app().help());
    return ExitCode::kOk;
  } catch (const CLI::ParseError& error) {
    usage_error = UsageError(tree, error);
    options.json = std::ranges::find(arguments, "--json") != arguments.end();
  }
  options.command = tree.chosen() == nullptr ? "netctl" : FullName(*tree.chosen());
  const ReportOptions report_options = MakeReportOptions(options, surroundings);
  SetUpLogging(options.verbose, report_options.error_color);
  Report report(report_options, surroundings.output);
  const ExitCode code =
      usage_error ? report.Fail(*usage_error) : RunParsed(tree, options, report, surroundings);
  report.Finish(code);
  return code;
}

}  // namespace netctl
