// netctl arp scan: everybody in the subnet.
#include <map>
#include <memory>

#include "host-cli/commands/binders.h"
#include "host-cli/commands/job.h"
#include "host-cli/commands/network.h"
#include "host-cli/format.h"
#include "host-cli/options.h"
#include "host-cli/progress.h"

namespace netctl {
namespace {

constexpr uint32_t kMaxAddresses = 4096;

struct Options {
  uint8_t interface = 0;
  std::string subnet;  // empty: the board's
  base::Duration wait = std::chrono::seconds(1);
};

struct Range {
  uint32_t first = 0;
  uint32_t last = 0;
  uint32_t count() const { return last - first + 1; }
};

// The hosts of a subnet: without its first and last address where these are network and broadcast.
Range HostsOf(base::Ipv4Address address, uint8_t length) {
  const uint32_t mask = base::Ipv4Address::Mask(length).value;
  Range range{address.value & mask, address.value | ~mask};
  if (length <= 30) {
    ++range.first;
    --range.last;
  }
  return range;
}

Expected<Range> FindRange(Context& context, const Options& options) {
  base::Ipv4Address address;
  uint64_t length = 32;
  if (options.subnet.empty()) {
    const auto ip = WaitForAddress(context, options.interface);
    if (!ip) {
      return std::unexpected(ip.error());
    }
    address = ip->settings.address;
    length = base::PrefixLength(ip->settings.mask);
  } else {
    const size_t slash = options.subnet.find('/');
    if (const auto parsed = Parse(options.subnet.substr(0, slash), address); !parsed) {
      return std::unexpected(parsed.error());
    }
    if (slash != std::string::npos) {
      const auto parsed = ParseNumber(options.subnet.substr(slash + 1), 1, 32);
      if (!parsed) {
        return std::unexpected(parsed.error());
      }
      length = *parsed;
    }
  }
  const Range range = HostsOf(address, static_cast<uint8_t>(length));
  if (range.count() > kMaxAddresses) {
    return Fail(ExitCode::kUsage,
                fmt::format("/{} has {} addresses, at most {} are scanned", length, range.count(),
                            kMaxAddresses),
                "name a smaller part: netctl arp scan 192.168.0.0/24");
  }
  return range;
}

void ShowHosts(Report& report, const std::map<uint32_t, protocol::ArpReply>& hosts) {
  Table table({"ADDRESS", "MAC", "TIME"});
  Json list = Json::array();
  for (const auto& [address, reply] : hosts) {
    table.Row({fmt::format("{}", reply.address), fmt::format("{}", reply.mac),
               fmt::format("{:.3f} ms", reply.time_us / 1000.0)});
    list.push_back(ToJson(reply));
  }
  report.Set("hosts", list);
  report.Print(table);
}

ExitCode Run(Context& context, const Options& options) {
  Report& report = context.report;
  report.Object("netctl.arp_scan/1");
  const auto range = FindRange(context, options);
  if (!range) {
    return report.Fail(range.error());
  }
  std::map<uint32_t, protocol::ArpReply> hosts;
  const auto begin = Now();
  base::Status status = base::Status::kOk;
  {
    Progress progress(report, "ARP requests", range->count());
    const auto ended = RunJob<protocol::ScanArp>(
        context.client,
        {.interface = options.interface,
         .first = {range->first},
         .last = {range->last},
         .timeout_ms = static_cast<uint16_t>(base::ToMilliseconds(options.wait))},
        [&](const JobEvent& event) {
          if (const auto reply = event.As<protocol::ArpReplied>()) {
            hosts[reply->address.value] = *reply;
          } else if (const auto sent = event.As<protocol::ArpProgress>()) {
            progress.Update(sent->sent, Now());
          }
        });
    if (!ended) {
      return report.Fail(ended.error());
    }
    status = *ended;
  }
  ShowHosts(report, hosts);
  report.Value("scanned", range->count(),
               fmt::format("{} addresses in {}, {} answered", range->count(),
                           FormatDuration(Now() - begin), hosts.size()));
  if (status != base::Status::kOk) {
    return report.Fail(JobError(status, "ARP scan"));
  }
  return ExitCode::kOk;
}

}  // namespace

Runner BindArpScan(CLI::App& app) {
  auto options = std::make_shared<Options>();
  AddInterface(app, options->interface);
  AddText(app, "subnet", options->subnet, "192.168.0.0/24 (default: the board's subnet)");
  AddParsed(app, "-w,--wait", options->wait, "for the last answers (default 1s)");
  return [options](Context& context) { return Run(context, *options); };
}

}  // namespace netctl
