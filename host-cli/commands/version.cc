// netctl version: this program's identity, for bug reports and rigs.

#include "build_info.h"
#include "host-cli/commands/binders.h"
#include "protocol/message.h"
#include "protocol/schema_hash.h"
#include "protocol/session.h"

namespace netctl {
namespace {

ExitCode Run(Context& context) {
  Report& report = context.report;
  report.Object("netctl.version/1");
  report.Value("version", std::string_view(kVersion));
  report.Value("agent_build_id", fmt::format("{:016x}", kBuildId));
  report.Value("protocol_version", protocol::kVersion);
  report.Value("schema", fmt::format("{:08x}", protocol::kSchemaHash));
  return ExitCode::kOk;
}

}  // namespace

Runner BindVersion(CLI::App&) { return Run; }

}  // namespace netctl
