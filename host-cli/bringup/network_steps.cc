#include "host-cli/bringup/network_steps.h"

#include <random>

#include "host-cli/commands/arp.h"
#include "host-cli/commands/dhcp.h"
#include "host-cli/commands/dns.h"
#include "host-cli/commands/http.h"
#include "host-cli/commands/network.h"
#include "host-cli/commands/perf.h"
#include "host-cli/commands/ping.h"
#include "host-cli/commands/ping_text.h"
#include "host-cli/format.h"
#include "host-cli/peer/dns_peer.h"
#include "host-cli/peer/http_peer.h"
#include "host-cli/progress.h"

namespace netctl {
namespace {

constexpr char kTestName[] = "netctl.example.com";  // RFC 2606: never a real host

// Whom ARP and ping address: the gateway, or the host's end where there is none.
Expected<base::Ipv4Address> Neighbour(BringUp& bringup) {
  if (!bringup.ip.settings.gateway.is_unspecified()) {
    return bringup.ip.settings.gateway;
  }
  const auto peer = FindPeer(bringup.context, bringup.ip, bringup.options.peer);
  if (!peer) {
    return std::unexpected(peer.error());
  }
  return peer->reached;
}

Expected<PeerAddress> HostEnd(BringUp& bringup) {
  if (!bringup.peer) {
    const auto found = FindPeer(bringup.context, bringup.ip, bringup.options.peer);
    if (!found) {
      return std::unexpected(found.error());
    }
    bringup.peer = *found;
  }
  return *bringup.peer;
}

StepResult MeasureDirection(BringUp& bringup, protocol::PerfDirection direction) {
  const auto peer = HostEnd(bringup);
  if (!peer) {
    return FromError(peer.error());
  }
  const bool sends = direction == protocol::PerfDirection::kSend;
  const protocol::PerfRequest request{
      .direction = direction,
      .duration_ms = static_cast<uint32_t>(base::ToMilliseconds(bringup.options.perf_time)),
      .interval_ms = 500};
  Progress progress(bringup.context.report, sends ? "TCP send" : "TCP receive",
                    request.duration_ms);
  const auto result =
      MeasureTcp(bringup.context, *peer, request, [&](const protocol::PerfInterval& interval) {
        progress.Update(interval.end_us / 1000, Now(), FormatBitRate(BitsPerSecond(interval)));
      });
  if (!result) {
    return FromError(result.error(),
                     "can the board reach this host's port? a firewall, or --peer ADDRESS");
  }
  if (result->flows.empty()) {
    return Failed("the board reported nothing", "'netctl perf tcp' shows more");
  }
  const PerfFlow& flow = result->flows.front();
  const double mbit = BitsPerSecond(flow.board) / 1e6;
  const std::string figure =
      fmt::format("{}, {}, {} retransmits", FormatBitRate(mbit * 1e6), FormatSize(flow.board.bytes),
                  sends ? flow.board.retransmits : flow.host.retransmits);
  if (flow.board.bytes != flow.host.bytes) {
    return Failed(fmt::format("{}; the host counted {} bytes", figure, flow.host.bytes),
                  "'netctl stats tcp'");
  }
  if (mbit < bringup.options.min_mbit || flow.board.bytes == 0) {
    return Failed(
        fmt::format("{}, below {:g} Mbit/s", figure, bringup.options.min_mbit),
        "'netctl stats --delta' during 'netctl perf tcp': drops, errors and exhausted pools");
  }
  return Passed(figure);
}

// One lookup; the answer "no such name" is one, too: the server works.
bool ServerAnswers(BringUp& bringup, const protocol::DnsRequest& request, std::string& figure) {
  const auto answer = LookUp(bringup.context, request);
  if (answer) {
    figure = fmt::format("{} is {}, {} from {}", request.name, answer->addresses[0],
                         FormatDuration(base::Duration(answer->time_us)), answer->server);
    return true;
  }
  const bool answered = answer.error().status == base::Status::kNotFound;
  figure = answered ? fmt::format("the server answers that {} does not exist", request.name)
                    : answer.error().message;
  return answered;
}

}  // namespace

StepResult CheckDhcp(BringUp& bringup) {
  const auto read_ip = [&bringup] {
    return bringup.client().Call<protocol::GetIp>({.interface = bringup.options.interface});
  };
  const auto before = read_ip();
  if (!before) {
    return FromError(before.error());
  }
  if (before->settings.source == protocol::AddressSource::kStatic) {
    bringup.ip = *before;  // set by hand for a reason: DHCP would take it away
    return Skipped(fmt::format("static address {}", before->settings.address));
  }
  uint32_t bound_us = 0;
  const auto lease = GetLease(bringup.context, bringup.options.interface, std::chrono::seconds(20),
                              [&](const protocol::DhcpStepInfo& step) { bound_us = step.time_us; });
  if (!lease) {
    return FromError(
        lease.error(),
        "no server? set an address: netctl ip set 192.168.0.20/24 --gateway 192.168.0.1");
  }
  const auto after = read_ip();
  if (!after) {
    return FromError(after.error());
  }
  bringup.ip = *after;
  return Passed(fmt::format("{}/{} from {}, {} s, after {}", lease->settings.address,
                            base::PrefixLength(lease->settings.mask), lease->server, lease->lease_s,
                            FormatDuration(base::Duration(bound_us))));
}

StepResult CheckArp(BringUp& bringup) {
  const auto target = Neighbour(bringup);
  if (!target) {
    return FromError(target.error());
  }
  const auto result = ProbeArp(
      bringup.context,
      {.interface = bringup.options.interface, .target = *target, .count = 3, .interval_ms = 200},
      [](const protocol::ArpReply&) {});
  if (!result) {
    return FromError(result.error());
  }
  if (result->replies == 0) {
    return Failed(fmt::format("{} does not answer {} requests", *target, result->sent),
                  "does the frame leave the board, does an answer arrive? 'netctl capture'; "
                  "'netctl arp scan' for others");
  }
  return Passed(fmt::format("{} is at {}, {} of {} answered, {}", *target, result->last.mac,
                            result->replies, result->sent,
                            FormatDuration(base::Duration(result->last.time_us))));
}

StepResult CheckPing(BringUp& bringup) {
  const auto target = Neighbour(bringup);
  if (!target) {
    return FromError(target.error());
  }
  uint64_t sum_us = 0;
  const auto totals =
      PingBoard(bringup.context, {.target = *target, .count = 5, .interval_us = 100'000},
                [&](const protocol::PingReply& reply) {
                  sum_us += reply.outcome == protocol::PingOutcome::kReply ? reply.rtt_us : 0;
                });
  if (!totals) {
    return FromError(totals.error());
  }
  const std::string figure =
      fmt::format("{}: {} of {} answered{}", *target, totals->received, totals->transmitted,
                  totals->corrupted == 0 ? "" : fmt::format(", {} corrupted", totals->corrupted));
  if (totals->received != totals->transmitted || totals->corrupted != 0 || totals->received == 0) {
    return Failed(figure, "'netctl ping --sweep 0 1472 64' for sizes, 'netctl stats' for drops");
  }
  return Passed(fmt::format("{}, rtt avg {} ms", figure, PingTime(sum_us / totals->received)));
}

StepResult CheckDns(BringUp& bringup) {
  std::string configured = "no name server is configured";
  if (!bringup.ip.settings.dns[0].is_unspecified()) {
    if (ServerAnswers(bringup, {.name = std::string_view(kTestName), .timeout_ms = 1500},
                      configured)) {
      return Passed(configured);
    }
  }
  const auto peer = HostEnd(bringup);
  if (!peer) {
    return FromError(peer.error());
  }
  try {
    const DnsPeer responder(peer->bind, peer->reached);
    std::string figure;
    if (ServerAnswers(bringup,
                      {.name = std::string_view(kTestName),
                       .server = peer->reached,
                       .port = responder.port(),
                       .timeout_ms = 5000},
                      figure)) {
      return Passed(fmt::format("{} (netctl's own responder; {})", figure, configured));
    }
    return Failed(figure,
                  "UDP from this host does not reach the board: a firewall? 'netctl stats udp'");
  } catch (const SocketError& error) {
    return Failed(error.message, "--peer ADDRESS");
  }
}

StepResult CheckTcpSend(BringUp& bringup) {
  return MeasureDirection(bringup, protocol::PerfDirection::kSend);
}

StepResult CheckTcpReceive(BringUp& bringup) {
  return MeasureDirection(bringup, protocol::PerfDirection::kReceive);
}

StepResult CheckHttp(BringUp& bringup) {
  const auto peer = HostEnd(bringup);
  if (!peer) {
    return FromError(peer.error());
  }
  try {
    const HttpPeer server(peer->bind, bringup.options.http_bytes, std::random_device{}());
    const std::string host = fmt::format("{}", peer->reached);
    Progress progress(bringup.context.report, "HTTP fetch", bringup.options.http_bytes);
    const auto result = FetchHttp(
        bringup.context,
        {.host = std::string_view(host),
         .port = server.port(),
         .path = std::string_view(HttpPeer::kPath)},
        {.on_progress =
             [&](const protocol::HttpProgressInfo& step) { progress.Update(step.received, Now()); },
         .on_body = [](base::ConstByteSpan) -> Expected<void> { return {}; }});
    progress.Clear();
    if (!result) {
      return FromError(result.error(),
                       "can the board reach this host's port? a firewall, or --peer ADDRESS");
    }
    const std::string hash = FormatHex(std::as_bytes(std::span(result->sha256)));
    if (result->code != 200 || hash != server.sha256()) {
      return Failed(
          fmt::format("code {}, SHA-256 {} but {} was served", result->code, hash, server.sha256()),
          "bytes were changed on the way: 'netctl link test', 'netctl ping --sweep 0 1472'");
    }
    const double bits =
        static_cast<double>(result->size) * 8e6 / static_cast<double>(result->total_us);
    return Passed(
        fmt::format("{} in {}, {}, SHA-256 {} equals the served one", FormatSize(result->size),
                    FormatDuration(base::Duration(static_cast<int64_t>(result->total_us))),
                    FormatBitRate(bits), hash));
  } catch (const SocketError& error) {
    return Failed(error.message, "--peer ADDRESS");
  }
}

}  // namespace netctl
