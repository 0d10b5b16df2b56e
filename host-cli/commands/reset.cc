// netctl reset: restarts the board, and waits until its agent answers again.

#include "host-cli/commands/binders.h"
#include "host-cli/interrupt.h"
#include "protocol/methods.h"

namespace netctl {
namespace {

constexpr base::Duration kRestartTimeout = std::chrono::seconds(15);
constexpr base::Duration kRetry = std::chrono::milliseconds(200);

// Connects until the board has another boot counter than `before`.
Expected<Peer> AwaitRestart(Client& client, uint32_t before) {
  const base::Instant limit = std::min(Now() + kRestartTimeout, client.deadline());
  Error last{ExitCode::kFailed, "the board answered, but did not restart", {}, {}};
  while (Now() < limit && !Interrupted()) {
    client.Disconnect();
    const auto peer = client.Connect();
    if (peer && (*peer)->boot_counter != before) {
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

ExitCode Run(Context& context) {
  Report& report = context.report;
  report.Object("netctl.reset/1");
  const auto before = context.client.Connect();
  if (!before) {
    return report.Fail(before.error());
  }
  const uint32_t boot_counter = (*before)->boot_counter;
  const base::Instant start = Now();
  if (const auto reset = context.client.Call<protocol::ResetBoard>(); !reset) {
    return report.Fail(Error(reset.error()).In("reset"));
  }
  const auto peer = AwaitRestart(context.client, boot_counter);
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

}  // namespace

Runner BindReset(CLI::App&) { return Run; }

}  // namespace netctl
