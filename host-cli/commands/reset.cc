// netctl reset: restarts the board, and waits until its agent answers again.
#include <memory>

#include "host-cli/commands/binders.h"
#include "host-cli/debug_target.h"
#include "host-cli/interrupt.h"
#include "host-cli/options.h"
#include "protocol/methods.h"

namespace netctl {
namespace {

constexpr base::Duration kRestartTimeout = std::chrono::seconds(15);
constexpr base::Duration kRetry = std::chrono::milliseconds(200);

struct Options {
  bool hard = false;
  bool halt = false;
};

// `before`: the boot counter then, if it is known. Else an answer proves it: to a session from
// before the reset, which a broker may still hold, the board gives none.
bool IsRestarted(Client& client, const Peer& peer, std::optional<uint32_t> before) {
  return before ? peer.boot_counter != *before : client.Call<protocol::GetInfo>().has_value();
}

// Connects until the board is another one than before.
Expected<Peer> AwaitRestart(Client& client, std::optional<uint32_t> before) {
  const base::Instant limit = std::min(Now() + kRestartTimeout, client.deadline());
  Error last{ExitCode::kFailed, "the board answered, but did not restart", {}, {}};
  while (Now() < limit && !Interrupted()) {
    client.Disconnect();
    const auto peer = client.Connect();
    if (peer && IsRestarted(client, **peer, before)) {
      return **peer;
    }
    if (!peer) {
      last = peer.error();
    }
    // The old session still stands, in a broker for example: its end wakes us.
    static_cast<void>(client.Wait(Now() + kRetry).has_value());
  }
  return std::unexpected(last);
}

ExitCode ReportRestart(Context& context, std::optional<uint32_t> before, base::Instant start) {
  Report& report = context.report;
  const auto peer = AwaitRestart(context.client, before);
  if (!peer) {
    return report.Fail(Error(peer.error()).In("after the reset"));
  }
  const base::Duration took = Now() - start;
  report.Set("board", peer->board);
  report.Set("boot_counter", peer->boot_counter);
  report.Set("took_us", took.count());
  report.Line("{} restarted in {} (boot {})", peer->board, FormatDuration(took),
              peer->boot_counter);
  return ExitCode::kOk;
}

// Asks the agent.
ExitCode RunSoft(Context& context) {
  Report& report = context.report;
  const auto before = context.client.Connect();
  if (!before) {
    return report.Fail(before.error());
  }
  const uint32_t boot_counter = (*before)->boot_counter;
  const base::Instant start = Now();
  if (const auto reset = context.client.Call<protocol::ResetBoard>(); !reset) {
    return report.Fail(Error(reset.error()).In("reset"));
  }
  return ReportRestart(context, boot_counter, start);
}

// By the debug probe: also when no agent answers. The probe is free again when this returns.
ExitCode RunHard(Context& context, ResetKind kind) {
  Report& report = context.report;
  const base::Instant start = Now();
  {
    auto target = OpenDebugTarget(context);
    if (!target) {
      return report.Fail(target.error());
    }
    if (const auto reset = target->memory->Reset(kind); !reset) {
      return report.Fail(Error(reset.error().error).In("reset"));
    }
  }
  if (kind == ResetKind::kHalt) {
    report.Set("halted", true);
    report.Line("the core is halted before its first instruction");
    return ExitCode::kOk;
  }
  return ReportRestart(context, std::nullopt, start);
}

ExitCode Run(Context& context, const Options& options) {
  context.report.Object("netctl.reset/1");
  if (options.halt || options.hard) {
    return RunHard(context, options.halt ? ResetKind::kHalt : ResetKind::kRun);
  }
  return RunSoft(context);
}

}  // namespace

Runner BindReset(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  AddFlag(app, "--hard", options->hard, "by the debug probe, whatever the firmware does");
  AddFlag(app, "--halt", options->halt,
          "by the debug probe; the core stops before its first instruction");
  return [options](Context& context) { return Run(context, *options); };
}

}  // namespace netctl
