// netctl dhcp: a fresh lease, with the timing of each exchange.
#include "host-cli/commands/dhcp.h"

#include <memory>

#include "host-cli/commands/binders.h"
#include "host-cli/commands/job.h"
#include "host-cli/commands/network.h"
#include "host-cli/format.h"
#include "host-cli/options.h"

namespace netctl {
namespace {

struct Options {
  uint8_t interface = 0;
  base::Duration wait = std::chrono::seconds(30);
};

std::string StepText(const protocol::DhcpStepInfo& step) {
  std::string text;
  if (!step.address.is_unspecified()) {
    text += fmt::format("{}", step.address);
  }
  if (!step.server.is_unspecified()) {
    text += fmt::format("{}server {}", text.empty() ? "" : "  ", step.server);
  }
  return text;
}

std::string Seconds(uint32_t seconds) {
  return seconds == 0xffffffff ? "for ever" : fmt::format("{} s", seconds);
}

void ShowLease(Report& report, const protocol::DhcpLease& lease) {
  report.Line("");
  report.Value(
      "address", lease.settings.address,
      fmt::format("{}/{}", lease.settings.address, base::PrefixLength(lease.settings.mask)),
      Style::kGood);
  report.Value("gateway", lease.settings.gateway);
  report.Value("dns", lease.settings.dns, fmt::format("{}", lease.settings.dns[0]));
  report.Value("server", lease.server);
  report.Value("lease_s", lease.lease_s,
               fmt::format("{}, renew after {}, rebind after {}", Seconds(lease.lease_s),
                           Seconds(lease.renew_s), Seconds(lease.rebind_s)));
  report.Set("renew_s", lease.renew_s);
  report.Set("rebind_s", lease.rebind_s);
  report.Set("domain", lease.domain);
}

ExitCode Run(Context& context, const Options& options) {
  Report& report = context.report;
  report.Object("netctl.dhcp/1");
  Json steps = Json::array();
  const auto lease =
      GetLease(context, options.interface, options.wait, [&](const protocol::DhcpStepInfo& step) {
        steps.push_back(ToJson(step));
        report.Line("{:>10.3f} ms  {:9} {}", step.time_us / 1000.0, EnumName(step.message),
                    StepText(step));
      });
  report.Set("exchanges", steps);
  if (!lease) {
    return report.Fail(lease.error());
  }
  ShowLease(report, *lease);
  return ExitCode::kOk;
}

}  // namespace

Expected<protocol::DhcpLease> GetLease(
    Context& context, uint8_t interface, base::Duration wait,
    const std::function<void(const protocol::DhcpStepInfo&)>& on_step) {
  std::optional<protocol::DhcpLease> lease;
  bool offered = false;
  const auto ended = RunJob<protocol::RunDhcp>(
      context.client,
      {.interface = interface, .timeout_ms = static_cast<uint32_t>(base::ToMilliseconds(wait))},
      [&](const JobEvent& event) {
        if (const auto step = event.As<protocol::DhcpStep>()) {
          offered |= step->message == protocol::DhcpMessage::kOffer;
          on_step(*step);
        } else if (const auto bound = event.As<protocol::DhcpBound>()) {
          lease = *bound;
        }
      },
      wait + std::chrono::seconds(5));
  if (!ended) {
    return std::unexpected(ended.error());
  }
  if (lease && *ended == base::Status::kOk) {
    return *lease;
  }
  Error error = JobError(*ended, "DHCP");
  if (*ended == base::Status::kUnreachable) {
    error.message = "DHCP: the Ethernet link is down";
    error.hint = "see 'netctl link show'";
  } else if (*ended == base::Status::kDeadlineExceeded) {
    error.message = offered ? "DHCP: an offer came, but no acknowledgment"
                            : "DHCP: nobody answered the discover";
    error.hint =
        "is there a server in this network? 'netctl capture' shows what goes over the wire";
  } else if (*ended == base::Status::kRefused) {
    error.message = "DHCP: the server refused (NAK)";
  }
  return std::unexpected(error);
}

Runner BindDhcp(CLI::App& app) {
  auto options = std::make_shared<Options>();
  AddInterface(app, options->interface);
  AddParsed(app, "-w,--wait", options->wait, "how long to try (default 30s)");
  return [options](Context& context) { return Run(context, *options); };
}

}  // namespace netctl
