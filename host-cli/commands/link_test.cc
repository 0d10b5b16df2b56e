// netctl link test: frames through the loopbacks of MAC and PHY, then over the wire.
#include "host-cli/commands/link_test.h"

#include <memory>
#include <set>

#include "host-cli/commands/binders.h"
#include "host-cli/commands/job.h"
#include "host-cli/commands/network.h"
#include "host-cli/format.h"
#include "host-cli/options.h"

namespace netctl {
namespace {

struct Options {
  uint8_t interface = 0;
  uint16_t frames = 8;
  std::string path;     // empty: all that the hardware has
  std::string partner;  // empty: the gateway
};

// Boundary sizes and some between; without FCS.
constexpr uint16_t kSizes[] = {60, 61, 62, 63, 64, 127, 128, 255, 511, 1023, 1024, 1513, 1514};

struct Plan {
  protocol::LinkTestPath path;
  bool possible;
  const char* why_not;
};

Expected<base::Ipv4Address> FindPartner(Context& context, const Options& options) {
  if (!options.partner.empty()) {
    base::Ipv4Address address;
    if (const auto parsed = Parse(options.partner, address); !parsed) {
      return std::unexpected(parsed.error());
    }
    return address;
  }
  const auto ip = WaitForAddress(context, options.interface);
  if (!ip) {
    return std::unexpected(ip.error());
  }
  if (ip->settings.gateway.is_unspecified()) {
    return Fail(ExitCode::kUsage, "no gateway is known that could answer",
                "name a partner with --partner ADDRESS");
  }
  return ip->settings.gateway;
}

Expected<std::vector<Plan>> MakePlan(Context& context, const Options& options) {
  using enum protocol::LinkTestPath;
  const auto info = context.client.Call<protocol::GetInfo>();
  if (!info) {
    return std::unexpected(info.error());
  }
  if (options.interface >= info->interfaces.size()) {
    return Fail(ExitCode::kUsage,
                fmt::format("the board has no interface eth{}", options.interface));
  }
  const base::Capabilities& can = info->interfaces[options.interface].capabilities;
  std::vector<Plan> plans;
  for (const Plan& plan :
       {Plan{kMacLoopback, can.mac_loopback, "the MAC has no loopback"},
        Plan{kPhyLoopback, can.phy_loopback, "the PHY has no loopback"}, Plan{kWire, true, ""}}) {
    if (options.path.empty() || EnumName(plan.path).starts_with(options.path)) {
      plans.push_back(plan);
    }
  }
  if (plans.empty()) {
    return Fail(ExitCode::kUsage, fmt::format("'{}' is no path", options.path), "mac, phy or wire");
  }
  return plans;
}

void ShowStep(Report& report, const protocol::LinkTestResult& step) {
  report.Event("step", step);
  const bool good = step.received == step.sent && step.corrupted == 0;
  if (!good) {
    report.Line("  {} {} bytes {}: {} sent, {} received, {} corrupted{}",
                report.Paint(Style::kBad, "bad"), step.size, EnumName(step.pattern), step.sent,
                step.received, step.corrupted,
                step.first_bad_offset == protocol::kNotCorrupted
                    ? ""
                    : fmt::format(", first bad byte at offset {}", step.first_bad_offset));
  }
}

}  // namespace

Expected<LinkTestTotals> RunLinkTest(Context& context, const protocol::LinkTestRequest& request) {
  LinkTestTotals totals;
  const auto ended =
      RunJob<protocol::TestLink>(context.client, request, [&](const JobEvent& event) {
        if (const auto step = event.As<protocol::LinkTestStep>()) {
          ShowStep(context.report, *step);
          totals.sent += step->sent;
          totals.received += step->received;
          totals.corrupted += step->corrupted;
          totals.duration_us += step->duration_us;
          totals.sizes.insert(step->size);
        }
      });
  if (!ended) {
    return std::unexpected(ended.error());
  }
  if (*ended != base::Status::kOk) {
    return std::unexpected(JobError(*ended, fmt::format("{} test", EnumName(request.path))));
  }
  return totals;
}

protocol::LinkTestRequest MakeLinkTestRequest(uint8_t interface, protocol::LinkTestPath path,
                                              uint16_t frames) {
  protocol::LinkTestRequest request{
      .interface = interface, .path = path, .partner = {}, .frames = frames, .sizes = {}};
  request.sizes.Assign(kSizes);
  return request;
}

namespace {

ExitCode RunPath(Context& context, const Options& options, const Plan& plan, Json& results) {
  Report& report = context.report;
  const std::string name = EnumName(plan.path);
  if (!plan.possible) {
    report.Line("{:14} {} ({})", name, report.Paint(Style::kDim, "skipped"), plan.why_not);
    results.push_back({{"path", name}, {"verdict", "skipped"}, {"reason", plan.why_not}});
    return ExitCode::kOk;
  }
  auto request = MakeLinkTestRequest(options.interface, plan.path, options.frames);
  if (plan.path == protocol::LinkTestPath::kWire) {
    const auto partner = FindPartner(context, options);
    if (!partner) {
      return report.Fail(partner.error());
    }
    request.partner = *partner;
  }
  const auto totals = RunLinkTest(context, request);
  if (!totals) {
    return report.Fail(totals.error());
  }
  const bool good = totals->good();
  report.Line("{:14} {}  {} of {} frames came back, {} corrupted, {} sizes, {}", name,
              report.Paint(good ? Style::kGood : Style::kBad, good ? "pass" : "FAIL"),
              totals->received, totals->sent, totals->corrupted, totals->sizes.size(),
              FormatDuration(base::Duration(static_cast<int64_t>(totals->duration_us))));
  results.push_back({{"path", name},
                     {"verdict", good ? "pass" : "fail"},
                     {"sent", totals->sent},
                     {"received", totals->received},
                     {"corrupted", totals->corrupted},
                     {"duration_us", totals->duration_us}});
  return good ? ExitCode::kOk : ExitCode::kFailed;
}

ExitCode Run(Context& context, const Options& options) {
  Report& report = context.report;
  report.Object("netctl.link_test/1");
  const auto plans = MakePlan(context, options);
  if (!plans) {
    return report.Fail(plans.error());
  }
  Json results = Json::array();
  ExitCode verdict = ExitCode::kOk;
  for (const Plan& plan : *plans) {
    const ExitCode code = RunPath(context, options, plan, results);
    verdict = code == ExitCode::kOk ? verdict : code;
    if (report.failed()) {
      break;
    }
  }
  report.Set("paths", results);
  const bool only_skipped = plans->size() == 1 && !plans->front().possible;
  return only_skipped ? ExitCode::kSkipped : verdict;
}

}  // namespace

Runner BindLinkTest(CLI::App& app) {
  auto options = std::make_shared<Options>();
  AddInterface(app, options->interface);
  AddChoice(app, "--path", options->path, {"mac", "phy", "wire"},
            "only mac, phy or wire (default: each in this order)");
  AddNumber(app, "-n,--frames", options->frames, "frames of each size and pattern (default 8)", 1,
            1000);
  AddText(app, "--partner", options->partner,
          "host that answers ARP on the wire (default: the gateway)", "ADDRESS");
  return [options](Context& context) { return Run(context, *options); };
}

}  // namespace netctl
