#include "host-cli/commands/ping_text.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "host-cli/format.h"

namespace netctl {
namespace {

constexpr uint32_t kIcmpAndIpHeaders = 28;

// ICMP destination unreachable codes (RFC 792, RFC 1122 3.2.2.1) in ping's words.
std::string_view UnreachableText(uint8_t code) {
  switch (code) {
    case 0:
      return "Destination Net Unreachable";
    case 1:
      return "Destination Host Unreachable";
    case 2:
      return "Destination Protocol Unreachable";
    case 3:
      return "Destination Port Unreachable";
    case 4:
      return "Frag needed and DF set";
    case 13:
      return "Packet filtered";
    default:
      return "Dest Unreachable";
  }
}

std::string NotSentText(uint8_t code) {
  const auto status = static_cast<base::Status>(code);
  if (status == base::Status::kUnreachable) {
    return "Destination Host Unreachable";
  }
  return fmt::format("not sent: {}", base::StatusName(status));
}

}  // namespace

std::string PingTime(uint64_t microseconds) {
  const double ms = static_cast<double>(microseconds) / 1000.0;
  if (microseconds >= 100'000) {
    return fmt::format("{:.0f}", ms);
  }
  if (microseconds >= 10'000) {
    return fmt::format("{:.1f}", ms);
  }
  return microseconds >= 1000 ? fmt::format("{:.2f}", ms) : fmt::format("{:.3f}", ms);
}

PingText::PingText(Report& report, std::string host, const protocol::PingRequest& request)
    : report_(report), host_(std::move(host)) {
  report_.Start(request);
  report_.Line("PING {} ({}) {}({}) bytes of data.", host_, request.target, request.size,
               request.size + kIcmpAndIpHeaders);
}

void PingText::Step(const protocol::PingReply& reply) {
  report_.Event("reply", reply);
  if (reply.outcome == protocol::PingOutcome::kReply) {
    Count(reply.rtt_us);
  }
  if (!report_.quiet()) {
    Show(reply);
  }
}

void PingText::Count(uint32_t rtt_us) {
  ++count_;
  minimum_us_ = std::min<uint64_t>(minimum_us_, rtt_us);
  maximum_us_ = std::max<uint64_t>(maximum_us_, rtt_us);
  sum_us_ += rtt_us;
  sum_of_squares_ += static_cast<double>(rtt_us) * rtt_us;
}

void PingText::Show(const protocol::PingReply& reply) {
  switch (reply.outcome) {
    case protocol::PingOutcome::kReply:
    case protocol::PingOutcome::kDuplicate:
      ShowReply(reply);
      return;
    case protocol::PingOutcome::kTimeout:
      report_.Line("no answer yet for icmp_seq={}", reply.sequence);
      return;
    case protocol::PingOutcome::kUnreachable:
      report_.Line("From {} icmp_seq={} {}", reply.from, reply.sequence,
                   UnreachableText(reply.code));
      return;
    case protocol::PingOutcome::kTimeExceeded:
      report_.Line("From {} icmp_seq={} Time to live exceeded", reply.from, reply.sequence);
      return;
    case protocol::PingOutcome::kNotSent:
      report_.Line("From {} icmp_seq={} {}", reply.from, reply.sequence, NotSentText(reply.code));
      return;
  }
}

void PingText::ShowReply(const protocol::PingReply& reply) {
  const bool duplicate = reply.outcome == protocol::PingOutcome::kDuplicate;
  constexpr uint32_t kIcmpHeader = 8;
  std::string remark = duplicate ? " (DUP!)" : "";
  if (reply.first_bad_offset != protocol::kNotCorrupted) {
    remark += fmt::format(" CORRUPTED: first wrong data byte #{}", reply.first_bad_offset);
  }
  report_.Line("{} bytes from {}: icmp_seq={} ttl={} time={} ms{}", reply.size + kIcmpHeader,
               reply.from, reply.sequence, reply.ttl, PingTime(reply.rtt_us), remark);
}

void PingText::End(const protocol::PingTotals& totals) {
  const uint32_t lost = totals.transmitted - std::min(totals.received, totals.transmitted);
  const double loss = totals.transmitted == 0 ? 0 : 100.0 * lost / totals.transmitted;
  std::string extra;
  extra += totals.duplicates != 0 ? fmt::format("+{} duplicates, ", totals.duplicates) : "";
  extra += totals.corrupted != 0 ? fmt::format("+{} corrupted, ", totals.corrupted) : "";
  extra += totals.errors != 0 ? fmt::format("+{} errors, ", totals.errors) : "";
  report_.Line("\n--- {} ping statistics ---", host_);
  report_.Line("{} packets transmitted, {} received, {}{:.6g}% packet loss, time {}ms",
               totals.transmitted, totals.received, extra, loss, totals.duration_us / 1000);
  report_.SetMembers(totals);
  report_.Set("loss_percent", loss);
  if (count_ != 0) {
    const double mean = static_cast<double>(sum_us_) / count_;
    const double deviation = std::sqrt(std::max(0.0, sum_of_squares_ / count_ - mean * mean));
    report_.Line("rtt min/avg/max/mdev = {:.3f}/{:.3f}/{:.3f}/{:.3f} ms",
                 static_cast<double>(minimum_us_) / 1000, mean / 1000,
                 static_cast<double>(maximum_us_) / 1000, deviation / 1000);
    report_.Set(
        "rtt_us",
        Json{{"min", minimum_us_}, {"avg", mean}, {"max", maximum_us_}, {"mdev", deviation}});
  }
}

}  // namespace netctl
