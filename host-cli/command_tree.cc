#include "host-cli/command_tree.h"

#include <algorithm>

#include <fmt/format.h>

#include "host-cli/options.h"

namespace netctl {
namespace {

constexpr char kPurpose[] = "netctl: does Ethernet work on this board, and if not, why?";

std::string Indented(std::string_view lines) {
  std::string out = "  ";
  for (const char c : lines) {
    out += c;
    out += c == '\n' ? "  " : "";
  }
  return out;
}

std::string Footer(const Command& command) {
  std::string footer;
  if (*command.examples != '\0') {
    footer = fmt::format("Examples:\n{}\n", Indented(command.examples));
  }
  return footer + "\nGlobal options (netctl --help) may stand before or behind the command.";
}

}  // namespace

CommandTree::CommandTree(GlobalOptions& options) : app_(kPurpose, "netctl") {
  app_.fallthrough();
  app_.require_subcommand(0, 1);
  app_.set_help_flag("-h,--help", "this help, also of every command");
  AddGlobalOptions(options);
  for (const Command& command : AllCommands()) {
    AddCommand(command);
  }
}

void CommandTree::AddGlobalOptions(GlobalOptions& options) {
  app_.add_option("-t,--target", options.target,
                  "name from netctl.toml, or a channel such as /dev/ttyACM0")
      ->type_name("TARGET");
  AddParsed(app_, "--timeout", options.timeout, "for the whole command, such as 500ms or 20s");
  AddParsed(app_, "--lock-wait", options.lock_wait, "how long to wait while others use the board");
  app_.add_flag("--takeover", options.takeover, "end the session that holds the board");
  app_.add_flag("--json", options.json, "one JSON object, or JSON lines of a long command");
  app_.add_flag("-q,--quiet", options.quiet, "no notes, no progress");
  app_.add_flag("-v,--verbose", options.verbose, "say what happens; twice: every frame");
  app_.add_flag("--no-color", options.no_color, "as NO_COLOR=1");
  app_.add_flag("-V,--version", options.version, "print the version");
}

// "target start" goes below "target", whose row comes first.
void CommandTree::AddCommand(const Command& command) {
  std::string name = command.name;
  CLI::App* parent = &app_;
  if (const size_t blank = name.find(' '); blank != name.npos) {
    parent = app_.get_subcommand(name.substr(0, blank));
    name.erase(0, blank + 1);
  }
  CLI::App* app = parent->add_subcommand(name, command.help);
  app->group(*command.group != '\0' ? command.group : "Subcommands");
  app->footer(Footer(command));
  if (command.bind == nullptr) {
    app->require_subcommand(0, 1);
    return;
  }
  runners_[app] = command.bind(*app);
}

const CLI::App* CommandTree::chosen() const {
  const CLI::App* app = &app_;
  while (!app->get_subcommands().empty()) {
    app = app->get_subcommands()[0];
  }
  return app == &app_ ? nullptr : app;
}

Runner CommandTree::runner() const {
  const CLI::App* app = chosen();
  if (app != nullptr && !runners_.contains(app)) {
    const auto children = app->get_subcommands([](const CLI::App*) { return true; });
    const auto show = std::ranges::find(children, "show", &CLI::App::get_name);
    app = show == children.end() ? app : *show;
  }
  const auto found = runners_.find(app);
  return found == runners_.end() ? Runner() : found->second;
}

std::string FullName(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name()
                                     : FullName(*app.get_parent()) + " " + app.get_name();
}

std::string ShortHelp() {
  std::string help = fmt::format("{}\n\nUsage: netctl [-t TARGET] COMMAND [OPTIONS]\n", kPurpose);
  std::vector<std::string_view> groups;
  for (const Command& command : AllCommands()) {
    if (*command.group != '\0' && std::ranges::find(groups, command.group) == groups.end()) {
      groups.emplace_back(command.group);
    }
  }
  for (const std::string_view group : groups) {
    help += fmt::format("\n{}\n", group);
    for (const Command& command : AllCommands()) {
      if (command.group == group) {
        help += fmt::format("  {:<12} {}\n", command.name, command.help);
      }
    }
  }
  return help +
         "\nExamples\n"
         "  netctl info                                  boots the agent in QEMU; no board needed\n"
         "  netctl -t /dev/ttyACM0 ping 192.168.1.1      from a board on a serial port\n"
         "\n'netctl COMMAND --help' says more; 'netctl --help' lists the global options.\n";
}

}  // namespace netctl
