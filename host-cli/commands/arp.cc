// netctl arp probe|table|flush: who has which address. The output of probe is that of iputils
// arping.
#include "host-cli/commands/arp.h"

#include <memory>

#include "host-cli/commands/binders.h"
#include "host-cli/commands/job.h"
#include "host-cli/commands/network.h"
#include "host-cli/format.h"
#include "host-cli/options.h"

namespace netctl {
namespace {

struct ProbeOptions {
  uint8_t interface = 0;
  base::Ipv4Address target;
  uint16_t count = 0;
  bool duplicate_detection = false;
  base::Duration interval = std::chrono::seconds(1);
  base::Duration wait = std::chrono::seconds(1);
};

// The sender of the probes: 0.0.0.0 for duplicate detection (RFC 5227 2.1.1).
Expected<base::Ipv4Address> Sender(Context& context, const ProbeOptions& options) {
  if (options.duplicate_detection) {
    return base::Ipv4Address{};
  }
  const auto ip = WaitForAddress(context, options.interface);
  if (!ip) {
    return std::unexpected(ip.error());
  }
  return ip->settings.address;
}

protocol::ArpProbeRequest MakeRequest(const ProbeOptions& options) {
  // Two probes tell a free address from a lost frame; arping stops at the first answer.
  const uint16_t count = options.duplicate_detection && options.count == 0 ? 2 : options.count;
  return {.interface = options.interface,
          .target = options.target,
          .count = count,
          .interval_ms = static_cast<uint16_t>(base::ToMilliseconds(options.interval)),
          .timeout_ms = static_cast<uint16_t>(base::ToMilliseconds(options.wait)),
          .duplicate_detection = options.duplicate_detection};
}

void ShowReply(Report& report, const protocol::ArpReply& reply) {
  report.Event("reply", reply);
  report.Line("{} reply from {} [{}]  {:.3f}ms", reply.broadcast ? "Broadcast" : "Unicast",
              reply.address, reply.mac, reply.time_us / 1000.0);
}

ExitCode RunProbe(Context& context, const ProbeOptions& options) {
  Report& report = context.report;
  report.Stream("netctl.arp_probe/1");
  const auto sender = Sender(context, options);
  if (!sender) {
    return report.Fail(sender.error());
  }
  report.Line("ARPING {} from {} eth{}", options.target, *sender, options.interface);
  const auto result =
      ProbeArp(context, MakeRequest(options),
               [&report](const protocol::ArpReply& reply) { ShowReply(report, reply); });
  if (!result) {
    return report.Fail(result.error());
  }
  report.Set("sent", result->sent);
  report.Set("received", result->replies);
  report.Line("Sent {} probes ({} broadcast(s))", result->sent, result->sent);
  report.Line("Received {} response(s)", result->replies);
  const bool answered = result->replies != 0;
  if (options.duplicate_detection) {
    report.Note("{} is {}", options.target, answered ? "in use by somebody else" : "free");
    return answered ? ExitCode::kFailed : ExitCode::kOk;
  }
  return answered ? ExitCode::kOk : ExitCode::kFailed;
}

ExitCode RunTable(Context& context) {
  Report& report = context.report;
  report.Object("netctl.arp_table/1");
  const auto table = context.client.Call<protocol::GetArpTable>();
  if (!table) {
    return report.Fail(table.error());
  }
  report.Set("entries", table->entries);
  Table lines({"ADDRESS", "MAC", "INTERFACE", "STATE", "AGE"});
  for (const protocol::ArpEntry& entry : table->entries) {
    const bool known = entry.state != protocol::ArpEntryState::kIncomplete;
    lines.Row({fmt::format("{}", entry.address), known ? fmt::format("{}", entry.mac) : "-",
               fmt::format("eth{}", entry.interface), EnumName(entry.state),
               fmt::format("{} s", entry.age_s)});
  }
  report.Print(lines);
  return ExitCode::kOk;
}

ExitCode RunFlush(Context& context) {
  Report& report = context.report;
  report.Object("netctl.arp_flush/1");
  if (const auto flushed = context.client.Call<protocol::FlushArp>(); !flushed) {
    return report.Fail(flushed.error());
  }
  report.Note("the ARP table is empty");
  return ExitCode::kOk;
}

}  // namespace

Expected<ArpProbeResult> ProbeArp(Context& context, const protocol::ArpProbeRequest& request,
                                  const std::function<void(const protocol::ArpReply&)>& on_reply) {
  ArpProbeResult result;
  const auto ended =
      RunJob<protocol::ProbeArp>(context.client, request, [&](const JobEvent& event) {
        if (const auto reply = event.As<protocol::ArpReplied>()) {
          ++result.replies;
          result.last = *reply;
          on_reply(*reply);
        } else if (const auto progress = event.As<protocol::ArpProgress>()) {
          result.sent = progress->sent;
        }
      });
  if (!ended) {
    return std::unexpected(ended.error());
  }
  if (*ended != base::Status::kOk && *ended != base::Status::kCancelled) {
    return std::unexpected(JobError(*ended, "ARP probe"));
  }
  return result;
}

Runner BindArpProbe(CLI::App& app) {
  auto options = std::make_shared<ProbeOptions>();
  AddInterface(app, options->interface);
  AddParsed(app, "address", options->target, "address to look for").Required();
  AddNumber(app, "-c,--count", options->count,
            "probes to send (default: until Ctrl-C; 2 with --dad)");
  AddParsed(app, "-i,--interval", options->interval, "between probes (default 1s)");
  AddParsed(app, "-w,--wait", options->wait, "for the last answer (default 1s)");
  AddFlag(app, "-D,--dad", options->duplicate_detection,
          "is the address in use? sender 0.0.0.0; exit 1 when somebody answers");
  return [options](Context& context) { return RunProbe(context, *options); };
}

Runner BindArpTable(CLI::App&) { return RunTable; }

Runner BindArpFlush(CLI::App&) { return RunFlush; }

}  // namespace netctl
