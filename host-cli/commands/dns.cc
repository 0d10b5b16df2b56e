// netctl dns NAME: what the board's resolver finds.
#include "host-cli/commands/dns.h"

#include <memory>

#include "host-cli/commands/binders.h"
#include "host-cli/commands/job.h"
#include "host-cli/commands/network.h"
#include "host-cli/format.h"
#include "host-cli/options.h"

namespace netctl {
namespace {

struct Options {
  std::string name;
  base::Ipv4Address server;
  uint16_t port = 53;
  base::Duration wait = std::chrono::seconds(5);
};

ExitCode Run(Context& context, const Options& options) {
  Report& report = context.report;
  report.Object("netctl.dns/1");
  if (options.name.size() > decltype(protocol::DnsRequest::name)::kCapacity) {
    return report.Fail({ExitCode::kUsage, "the name is longer than 253 characters", {}, {}});
  }
  if (const auto ip = WaitForAddress(context, 0); !ip) {
    return report.Fail(ip.error());
  }
  const auto answer =
      LookUp(context, {.name = std::string_view(options.name),
                       .server = options.server,
                       .port = options.port,
                       .timeout_ms = static_cast<uint32_t>(base::ToMilliseconds(options.wait))});
  if (!answer) {
    return report.Fail(answer.error());
  }
  report.Set("name", options.name);
  report.Fields(*answer);
  return ExitCode::kOk;
}

}  // namespace

Expected<protocol::DnsAnswer> LookUp(Context& context, const protocol::DnsRequest& request) {
  std::optional<protocol::DnsAnswer> answer;
  const auto ended =
      RunJob<protocol::ResolveName>(context.client, request, [&](const JobEvent& event) {
        if (const auto resolved = event.As<protocol::NameResolved>()) {
          answer = *resolved;
        }
      });
  if (!ended) {
    return std::unexpected(ended.error());
  }
  if (answer && *ended == base::Status::kOk) {
    return *answer;
  }
  Error error = JobError(*ended, request.name.view());
  if (*ended == base::Status::kNotFound) {
    error.message = fmt::format("{}: no such name", request.name);
  } else if (*ended == base::Status::kDeadlineExceeded) {
    error.message = fmt::format("{}: no name server answered", request.name);
  } else if (*ended == base::Status::kRefused) {
    error.message = fmt::format("{}: the name server refused or failed", request.name);
  } else if (*ended == base::Status::kUnreachable) {
    error.hint =
        "no name server is known, or there is no route to it: see 'netctl ip show', or use "
        "--server";
  }
  return std::unexpected(error);
}

Runner BindDns(CLI::App& app) {
  auto options = std::make_shared<Options>();
  AddText(app, "name", options->name, "host name").Required();
  AddParsed(app, "-s,--server", options->server, "name server (default: the board's own)");
  AddNumber(app, "-p,--port", options->port, "its port (default 53)", 1);
  AddParsed(app, "-w,--wait", options->wait, "how long to try (default 5s)");
  return [options](Context& context) { return Run(context, *options); };
}

}  // namespace netctl
