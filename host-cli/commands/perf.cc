// netctl perf tcp: throughput between the board and this host.
#include "host-cli/commands/perf.h"

#include <memory>

#include "host-cli/commands/binders.h"
#include "host-cli/commands/network.h"
#include "host-cli/format.h"
#include "host-cli/options.h"

namespace netctl {
namespace {

struct Options {
  std::string direction = "send";
  base::Duration duration = std::chrono::seconds(10);
  uint64_t bytes = 0;
  base::Duration interval = std::chrono::seconds(1);
  bool no_delay = false;
  std::string peer;
  double min_mbit = 0;
};

void ShowHeading(Report& report) {
  report.Line("{:8} {:>16} {:>11} {:>16} {:>5} {:>10} {:>9}", "", "Interval", "Transfer", "Bitrate",
              "Retr", "Cwnd", "RTT");
}

void ShowInterval(Report& report, const protocol::PerfInterval& interval) {
  report.Event(interval.total ? "sum" : "interval", IntervalJson(interval));
  if (interval.total) {
    return;
  }
  report.Line("{:8} {:>6.2f}-{:<6.2f} sec {:>11} {:>16} {:>5} {:>10} {:>9}",
              interval.sending ? "send" : "receive", static_cast<double>(interval.start_us) / 1e6,
              static_cast<double>(interval.end_us) / 1e6, FormatSize(interval.bytes),
              FormatBitRate(BitsPerSecond(interval)), interval.retransmits,
              interval.sending ? FormatSize(interval.cwnd) : "-",
              interval.rtt_us == 0 ? "-" : FormatDuration(base::Duration(interval.rtt_us)));
}

void ShowTotals(Report& report, const PerfResult& result) {
  report.Line("- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -");
  for (const PerfFlow& flow : result.flows) {
    const protocol::PerfInterval& board = flow.board;
    report.Line("{:8} {:>6.2f}-{:<6.2f} sec {:>11} {:>16} {:>5}  {}",
                board.sending ? "send" : "receive", static_cast<double>(board.start_us) / 1e6,
                static_cast<double>(board.end_us) / 1e6, FormatSize(board.bytes),
                report.Paint(Style::kBold, FormatBitRate(BitsPerSecond(board))),
                board.sending ? board.retransmits : flow.host.retransmits,
                board.sending ? "board -> host" : "host -> board");
  }
}

void ReportTotals(Report& report, const PerfResult& result) {
  for (const PerfFlow& flow : result.flows) {
    report.Set(flow.board.sending ? "board_sends" : "board_receives",
               Json{{"board", IntervalJson(flow.board)},
                    {"host",
                     {{"bytes", flow.host.bytes},
                      {"seconds", flow.host.seconds},
                      {"retransmits", flow.host.retransmits}}}});
  }
}

ExitCode Verdict(Report& report, const Options& options, const PerfResult& result) {
  for (const PerfFlow& flow : result.flows) {
    const double mbit = BitsPerSecond(flow.board) / 1e6;
    if (flow.board.bytes != flow.host.bytes) {
      return report.Fail({ExitCode::kFailed,
                          fmt::format("the board counted {} bytes and the host {}",
                                      flow.board.bytes, flow.host.bytes),
                          {},
                          {}});
    }
    if (mbit < options.min_mbit) {
      return report.Fail(
          {ExitCode::kFailed,
           fmt::format("board {}: {:.2f} Mbit/s is below the {:g} Mbit/s asked for",
                       flow.board.sending ? "sends" : "receives", mbit, options.min_mbit),
           {},
           {}});
    }
  }
  return ExitCode::kOk;
}

ExitCode Run(Context& context, const Options& options) {
  Report& report = context.report;
  report.Stream("netctl.perf_tcp/1");
  const auto board = WaitForAddress(context, 0);
  if (!board) {
    return report.Fail(board.error());
  }
  const auto peer = FindPeer(context, *board, options.peer);
  if (!peer) {
    return report.Fail(peer.error());
  }
  protocol::PerfRequest request{
      .duration_ms = static_cast<uint32_t>(base::ToMilliseconds(options.duration)),
      .bytes = options.bytes,
      .interval_ms = static_cast<uint32_t>(base::ToMilliseconds(options.interval)),
      .no_delay = options.no_delay};
  request.direction = *EnumFromName<protocol::PerfDirection>(options.direction);
  report.Start(request);
  ShowHeading(report);
  const auto result = MeasureTcp(
      context, *peer, request,
      [&report](const protocol::PerfInterval& interval) { ShowInterval(report, interval); });
  if (!result) {
    return report.Fail(result.error());
  }
  ShowTotals(report, *result);
  ReportTotals(report, *result);
  return Verdict(report, options, *result);
}

}  // namespace

Runner BindPerfTcp(CLI::App& app) {
  auto options = std::make_shared<Options>();
  AddChoice(app, "-d,--direction", options->direction, {"send", "receive", "both"},
            "send, receive or both, seen from the board (default send)");
  AddParsed(app, "-T,--time", options->duration, "how long (default 10s)");
  AddSize(app, "-n,--bytes", options->bytes, "so many bytes instead, 16M");
  AddParsed(app, "-i,--interval", options->interval, "between reports (default 1s)");
  AddFlag(app, "-N,--no-delay", options->no_delay, "switch Nagle's algorithm off on the board");
  AddText(app, "--peer", options->peer, "address of this host as the board reaches it", "ADDRESS");
  AddDecimal(app, "--min-mbit", options->min_mbit, "exit 1 when a direction is slower", 0, 1e6);
  return [options](Context& context) { return Run(context, *options); };
}

}  // namespace netctl
