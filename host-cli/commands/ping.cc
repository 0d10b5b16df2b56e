// netctl ping: ICMP echo from the board, in the words of iputils ping.
#include "host-cli/commands/ping.h"

#include <memory>

#include "host-cli/commands/binders.h"
#include "host-cli/commands/job.h"
#include "host-cli/commands/network.h"
#include "host-cli/commands/ping_text.h"
#include "host-cli/format.h"
#include "host-cli/options.h"

namespace netctl {
namespace {

struct Options {
  std::string host;
  uint16_t count = 0;
  base::Duration interval = std::chrono::seconds(1);
  uint16_t size = 56;
  base::Duration wait = std::chrono::seconds(1);
  uint8_t ttl = 64;
  std::vector<uint16_t> sweep;  // first, last, step
  bool from_host = false;
};

Expected<protocol::PingRequest> MakeRequest(const Options& options, base::IpAddress target) {
  protocol::PingRequest request{.target = target,
                                .count = options.count,
                                .interval_us = static_cast<uint32_t>(options.interval.count()),
                                .timeout_us = static_cast<uint32_t>(options.wait.count()),
                                .size = options.size,
                                .ttl = options.ttl};
  if (!options.sweep.empty()) {
    request.size = options.sweep[0];
    request.size_last = options.sweep[1];
    request.size_step = options.sweep.size() > 2 ? options.sweep[2] : uint16_t{1};
    if (request.size_last < request.size || request.size_last > protocol::kMaxPingSize ||
        request.size_step == 0) {
      return Fail(
          ExitCode::kUsage,
          fmt::format("--sweep wants FIRST LAST [STEP] with FIRST <= LAST <= {} and STEP >= 1",
                      protocol::kMaxPingSize));
    }
  }
  return request;
}

ExitCode Run(Context& context, const Options& options) {
  Report& report = context.report;
  report.Stream("netctl.ping/1");
  if (options.from_host) {
    return PingFromHost(context, {.count = options.count,
                                  .interval = options.interval,
                                  .size = options.size,
                                  .wait = options.wait});
  }
  if (const auto ip = WaitForAddress(context, 0); !ip) {
    return report.Fail(ip.error());
  }
  const auto target = ResolveHost(context, options.host);
  if (!target) {
    return report.Fail(target.error());
  }
  const auto request = MakeRequest(options, *target);
  if (!request) {
    return report.Fail(request.error());
  }
  PingText text(report, options.host, *request);
  const auto totals =
      PingBoard(context, *request, [&text](const protocol::PingReply& reply) { text.Step(reply); });
  if (!totals) {
    return report.Fail(totals.error());
  }
  text.End(*totals);
  return totals->received != 0 ? ExitCode::kOk : ExitCode::kFailed;
}

}  // namespace

Expected<protocol::PingTotals> PingBoard(
    Context& context, const protocol::PingRequest& request,
    const std::function<void(const protocol::PingReply&)>& on_step) {
  protocol::PingTotals totals;
  const auto silence = base::Duration(request.interval_us) + base::Duration(request.timeout_us) +
                       std::chrono::seconds(5);
  const auto ended = RunJob<protocol::Ping>(
      context.client, request,
      [&](const JobEvent& event) {
        if (const auto step = event.As<protocol::PingStep>()) {
          on_step(*step);
        } else if (const auto end = event.As<protocol::PingEnd>()) {
          totals = *end;
        }
      },
      silence);
  if (!ended) {
    return std::unexpected(ended.error());
  }
  if (*ended != base::Status::kOk && *ended != base::Status::kCancelled) {
    return std::unexpected(JobError(*ended, "ping"));
  }
  return totals;
}

Runner BindPing(CLI::App& app) {
  auto options = std::make_shared<Options>();
  AddText(app, "host", options->host, "address, or name that the board resolves");
  AddNumber(app, "-c,--count", options->count, "requests (default: until Ctrl-C)");
  AddParsed(app, "-i,--interval", options->interval, "between requests (default 1s)");
  AddNumber(app, "-s,--size", options->size, "bytes of payload (default 56)", 0,
            protocol::kMaxPingSize);
  AddParsed(app, "-W,--wait", options->wait, "for an answer (default 1s)");
  AddNumber(app, "--ttl", options->ttl, "time to live (default 64)", 1);
  AddList(app, "--sweep", options->sweep, "sizes FIRST LAST [STEP], one request each", "N", 2, 3);
  AddFlag(app, "--from-host", options->from_host, "ping the board from this host");
  return [options](Context& context) -> ExitCode {
    if (options->host.empty() && !options->from_host) {
      return context.report.Fail(
          {ExitCode::kUsage, "ping: no host given", "netctl ping 192.168.0.1, or --from-host", {}});
    }
    return Run(context, *options);
  };
}

}  // namespace netctl
