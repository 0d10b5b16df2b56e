// netctl conn: connections and sockets, in the words of ss -tin.

#include "host-cli/commands/binders.h"
#include "host-cli/commands/connections.h"
#include "host-cli/format.h"

namespace netctl {
namespace {

// ss writes states with hyphens left out of ESTAB only.
std::string StateText(stack::TcpState state) {
  const std::string_view name = stack::TcpStateName(state);
  return name == "ESTABLISHED" ? "ESTAB" : std::string(name);
}

std::string Details(const stack::TcpInfo& tcp) {
  std::string text =
      fmt::format("rto:{} mss:{} rcvmss:{} cwnd:{}", tcp.rto_us / 1000, tcp.send_mss,
                  tcp.receive_mss, tcp.send_mss == 0 ? 0 : tcp.congestion_window / tcp.send_mss);
  if (tcp.rtt_us != 0) {
    text += fmt::format(" rtt:{:.3f}/{:.3f}", tcp.rtt_us / 1000.0, tcp.rttvar_us / 1000.0);
  }
  if (tcp.slow_start_threshold != 0 && tcp.slow_start_threshold < 0x10000) {
    text += fmt::format(" ssthresh:{}", tcp.slow_start_threshold);
  }
  text += fmt::format(" bytes_acked:{} bytes_received:{} snd_wnd:{} rcv_wnd:{}", tcp.bytes_acked,
                      tcp.bytes_received, tcp.send_window, tcp.receive_window);
  const auto append = [&text](std::string_view name, uint64_t value) {
    text += value == 0 ? "" : fmt::format(" {}:{}", name, value);
  };
  append("unacked", tcp.in_flight);
  append("ooo", tcp.out_of_order);
  append("retrans", tcp.retransmits);
  append("backoff", tcp.backoff);
  return text;
}

void Show(Report& report, const Connections& connections) {
  Table table({"NETID", "STATE", "RECV-Q", "SEND-Q", "LOCAL", "PEER"});
  for (const protocol::UdpSocketInfo& udp : connections.udp) {
    table.Row({"udp", "UNCONN", udp.queued, 0, fmt::format("*:{}", udp.port), "*"});
  }
  for (const stack::TcpInfo& tcp : connections.tcp) {
    const bool listens = tcp.state == stack::TcpState::kListen;
    table.Row({"tcp", StateText(tcp.state), tcp.receive_queued, tcp.send_queued,
               listens ? fmt::format("*:{}", tcp.local.port) : fmt::format("{}", tcp.local),
               listens ? "*" : fmt::format("{}", tcp.remote)});
  }
  report.Print(table);
  for (const stack::TcpInfo& tcp : connections.tcp) {
    if (tcp.state != stack::TcpState::kListen) {
      report.Line("\n{} -> {}\n  {}", tcp.local, tcp.remote, Details(tcp));
    }
  }
}

ExitCode Run(Context& context) {
  Report& report = context.report;
  report.Object("netctl.conn/1");
  const auto connections = ReadConnections(context.client);
  if (!connections) {
    return report.Fail(connections.error());
  }
  report.Set("tcp", connections->tcp);
  report.Set("udp", connections->udp);
  if (!report.json()) {
    Show(report, *connections);
  }
  return ExitCode::kOk;
}

}  // namespace

Expected<Connections> ReadConnections(Client& client) {
  Connections all;
  // A bounded number of rounds, although the board's list may change between them.
  constexpr int kMaxRounds = 32;
  for (int round = 0; round < kMaxRounds; ++round) {
    const auto part =
        client.Call<protocol::GetConnections>({.first = static_cast<uint16_t>(all.tcp.size())});
    if (!part) {
      return std::unexpected(part.error());
    }
    all.tcp.insert(all.tcp.end(), part->tcp.begin(), part->tcp.end());
    all.udp.assign(part->udp.begin(), part->udp.end());
    if (part->tcp.empty() || all.tcp.size() >= part->total) {
      break;
    }
  }
  return all;
}

Runner BindConn(CLI::App&) { return Run; }

}  // namespace netctl
