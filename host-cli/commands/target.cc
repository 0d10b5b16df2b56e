// netctl target start|stop|list: boards that stay up between commands.
#include <memory>

#include "host-cli/broker/directory.h"
#include "host-cli/broker/launch.h"
#include "host-cli/commands/binders.h"
#include "host-cli/options.h"

namespace netctl {
namespace {

constexpr base::Duration kStopPatience = std::chrono::seconds(3);

// The target of this command: `name`, or the one of -t.
Expected<Target> ChosenTarget(Context& context, const std::string& name) {
  return name.empty() ? context.target() : context.find_target(name);
}

ExitCode Start(Context& context, const std::string& name) {
  Report& report = context.report;
  report.Object("netctl.target-start/1");
  const auto target = ChosenTarget(context, name);
  if (!target) {
    return report.Fail(target.error());
  }
  const auto status = StartBroker(*target, context.options, context.client.deadline());
  if (!status) {
    return report.Fail(status.error());
  }
  report.SetMembers(*status);
  report.Line("target {} runs: {} on {} (process {})", target->name,
              status->value("board", std::string()), status->value("via", std::string()),
              status->value("pid", 0));
  report.Note("netctl -t {} ... uses it; netctl target stop {} ends it", target->name,
              target->name);
  return ExitCode::kOk;
}

ExitCode Stop(Context& context, const std::string& name) {
  Report& report = context.report;
  report.Object("netctl.target-stop/1");
  const auto target = ChosenTarget(context, name);
  if (!target) {
    return report.Fail(target.error());
  }
  const auto stopped = StopBroker(target->name, kStopPatience);
  if (!stopped) {
    return report.Fail(stopped.error());
  }
  report.Set("name", target->name);
  report.Set("was_running", *stopped);
  report.Line("target {} {}", target->name, *stopped ? "stopped" : "was not running");
  return ExitCode::kOk;
}

ExitCode List(Context& context) {
  Report& report = context.report;
  report.Object("netctl.target-list/1");
  const auto brokers = ListBrokers();
  if (!brokers) {
    return report.Fail(brokers.error());
  }
  report.Set("targets", *brokers);
  if (brokers->empty()) {
    report.Note("no target runs; netctl target start NAME starts one");
    return ExitCode::kOk;
  }
  Table table({"NAME", "PROCESS", "BOARD", "CHANNEL", "CLIENTS", "SINCE"});
  for (const Json& broker : *brokers) {
    table.Row({broker.value("name", std::string("?")), broker.value("pid", 0),
               broker.value("board", broker.value("error", std::string("?"))),
               broker.value("via", std::string("-")),
               broker.contains("clients") ? broker["clients"].size() : 0,
               broker.value("since", std::string("-"))});
  }
  report.Print(table);
  return ExitCode::kOk;
}

Runner BindName(CLI::App& app, ExitCode (*run)(Context&, const std::string&)) {
  auto name = std::make_shared<std::string>();
  AddText(app, "name", *name, "target (default: the one of -t)", "NAME");
  return [name, run](Context& context) { return run(context, *name); };
}

}  // namespace

Runner BindTargetStart(CLI::App& app) { return BindName(app, Start); }
Runner BindTargetStop(CLI::App& app) { return BindName(app, Stop); }
Runner BindTargetList(CLI::App&) { return List; }

}  // namespace netctl
