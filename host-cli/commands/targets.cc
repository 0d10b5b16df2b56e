// netctl targets: what -t may name.

#include "host-cli/commands/binders.h"
#include "host-cli/configuration.h"

namespace netctl {
namespace {

ExitCode Run(Context& context) {
  Report& report = context.report;
  report.Object("netctl.targets/1");
  const auto configuration = LoadConfiguration(ConfigurationFiles());
  if (!configuration) {
    return report.Fail(configuration.error());
  }
  const auto chosen = FindTarget(*configuration, context.options.target);
  if (!chosen) {
    return report.Fail(chosen.error());
  }
  Json targets = Json::array();
  Table table({"", "NAME", "CHANNEL", "PEER", "DEFINED"});
  for (const auto& [name, target] : configuration->targets) {
    const bool is_default = name == chosen->name;
    targets.push_back({{"name", name},
                       {"channel", target.channel},
                       {"peer", target.peer},
                       {"defined", target.origin},
                       {"default", is_default}});
    table.Row({is_default ? "*" : "", Cell(name, is_default ? Style::kBold : Style::kPlain),
               target.channel, target.peer.empty() ? "-" : target.peer,
               Cell(target.origin, Style::kDim)});
  }
  report.Set("targets", targets);
  report.Print(table);
  return ExitCode::kOk;
}

}  // namespace

Runner BindTargets(CLI::App&) { return Run; }

}  // namespace netctl
