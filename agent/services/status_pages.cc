#include "agent/services/status_pages.h"

#include <array>
#include <type_traits>

#include "stack/base/fields.h"
#include "stack/netif.h"
#include "stack/tcp/info.h"
#include "stack/tcp/tcp.h"

namespace agent {
namespace {

enum PageId : uint8_t { kStatus, kJson, kHello };

// Counters in one section. A row of the table is at most so long: a name of 24 characters, a group
// of 8, a value of 20, and the tags.
constexpr size_t kCountersPerSection = 6;
constexpr size_t kCounterRow = 24 + 8 + 20 + 22;
static_assert(kCountersPerSection * kCounterRow <= kHttpSectionSize);

template <typename T>
inline constexpr size_t kFieldCount = T::kFields.kSize;

constexpr size_t kStackCounters =
    kFieldCount<stack::LinkLayerStats> + kFieldCount<stack::ArpStats> +
    kFieldCount<stack::Ipv4Stats> + kFieldCount<stack::IcmpStats> + kFieldCount<stack::UdpStats> +
    kFieldCount<stack::TcpStats> + kFieldCount<stack::DhcpStats> + kFieldCount<stack::DnsStats>;
static_assert(kFieldCount<stack::StackStats> == 8, "a layer's counters are missing above");

size_t CounterSections(stack::Stack& stack) {
  const size_t count =
      kStackCounters + stack.interfaces().size() * kFieldCount<base::EthernetStats>;
  return (count + kCountersPerSection - 1) / kCountersPerSection;
}

enum class CounterFormat : uint8_t { kHtml, kJson };

// Is shown every counter and writes those of one section. Not a template over what to do, and Add
// not inlined: there is one call for each of the counters.
class CounterWriter {
 public:
  CounterWriter(CounterFormat format, size_t section, TextWriter& out)
      : format_(format), section_(section), out_(out) {}

  void set_group(std::string_view group) { group_ = group; }
  [[gnu::noinline]] void Add(std::string_view name, uint32_t value) { Add(name, uint64_t{value}); }
  [[gnu::noinline]] void Add(std::string_view name, uint64_t value) {
    const bool here = index_ / kCountersPerSection == section_;
    ++index_;
    if (!here) {
      return;
    }
    if (format_ == CounterFormat::kJson) {
      out_.Text(",\n\"").Text(group_).Text(".").Text(name).Text("\": ").Decimal(value);
    } else if (value != 0) {
      out_.Text("<tr><td>").Html(group_).Text("<td>").Text(name).Text("<td>");
      out_.Decimal(value).Text("</tr>\n");
    }
  }

 private:
  CounterFormat format_;
  size_t section_;
  TextWriter& out_;
  std::string_view group_;
  size_t index_ = 0;
};

template <typename Counters>
void AddGroup(std::string_view name, const Counters& counters, CounterWriter& writer) {
  writer.set_group(name);
  base::ForEachField(counters, [&writer](std::string_view counter, const auto& value) {
    writer.Add(counter, value);
  });
}

void AddCounters(stack::Stack& stack, CounterWriter& writer) {
  for (const stack::NetIf* netif : stack.interfaces()) {
    AddGroup(netif->name(), netif->driver().stats(), writer);
  }
  base::ForEachField(stack.stats(), [&writer](std::string_view name, const auto& counters) {
    AddGroup(name, counters, writer);
  });
}

}  // namespace

base::Result<HttpPages::Page> StatusPages::Find(std::string_view path) {
  if (path == "/" || path == "/index.html") {
    return Page{kStatus, "text/html; charset=utf-8"};
  }
  if (path == "/stats.json") {
    return Page{kJson, "application/json"};
  }
  if (path == "/hello") {
    return Page{kHello, "text/plain; charset=utf-8"};
  }
  return std::unexpected(base::Status::kNotFound);
}

bool StatusPages::WriteSection(const Page& page, size_t index, TextWriter& out) {
  switch (page.id) {
    case kStatus:
      return WriteStatus(index, out);
    case kJson:
      return WriteJson(index, out);
    default:
      if (index == 0) {
        out.Text("netctl agent on ").Text(facts_.board).Text("\n");
      }
      return index == 0;
  }
}

bool StatusPages::WriteStatus(size_t index, TextWriter& out) {
  const std::array<Part, 11> parts = {{
      {1, &StatusPages::WriteTop},
      {stack_.interfaces().size(), &StatusPages::WriteInterface},
      {1, &StatusPages::WriteTasksHead},
      {facts_.tasks.size(), &StatusPages::WriteTasks},
      {1, &StatusPages::WritePoolsHead},
      {pools() + 1, &StatusPages::WritePool},
      {1, &StatusPages::WriteConnectionsHead},
      {kMaxConnections, &StatusPages::WriteConnection},
      {1, &StatusPages::WriteCountersHead},
      {CounterSections(stack_), &StatusPages::WriteCounters},
      {1, &StatusPages::WriteBottom},
  }};
  for (const Part& part : parts) {
    if (index < part.rows) {
      (this->*part.write)(index, out);
      return true;
    }
    index -= part.rows;
  }
  return false;
}

void StatusPages::WriteTop(size_t, TextWriter& out) {
  out.Text(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>netctl agent</title>"
      "<style>body{font-family:sans-serif;margin:2em}td,th{text-align:left;padding:0 1em 0 0}"
      "</style></head><body>\n<h1>");
  out.Html(facts_.board).Text("</h1><p>Build ").Html(facts_.build).Text(", up ");
  out.Seconds(stack_.now().time_since_epoch()).Text(" s</p>\n<h2>Interfaces</h2>");
}

void StatusPages::WriteInterface(size_t row, TextWriter& out) {
  const stack::NetIf& netif = *stack_.interfaces()[row];
  const stack::Ipv4Config& ipv4 = netif.ipv4();
  const base::LinkMode& link = netif.driver().link();
  out.Text("<p>").Html(netif.name()).Text(" (").Html(netif.driver().name()).Text("): link ");
  if (link.is_up()) {
    out.Text("up, ").Decimal(link.speed_mbit).Text(" Mbit/s ");
    out.Text(link.duplex == base::Duplex::kFull ? "full duplex" : "half duplex");
  } else {
    out.Text("down");
  }
  out.Text("; ").Mac(netif.mac()).Text("; ").Address(ipv4.address).Text("/");
  out.Decimal(base::PrefixLength(ipv4.mask)).Text(", gateway ").Address(ipv4.gateway);
  out.Text(", DNS ").Address(ipv4.dns[0]).Text("</p>\n");
}

void StatusPages::WriteTasksHead(size_t, TextWriter& out) {
  const stack::FrameArenaStats& frames = facts_.frames.stats();
  out.Text("<h2>Tasks</h2><p>Frames: ").Decimal(frames.in_use).Text(" of ");
  out.Decimal(frames.capacity).Text(" bytes, peak ").Decimal(frames.in_use_peak);
  out.Text(", did not fit ").Decimal(frames.exhausted);
  out.Text("</p><table><tr><th>name<th>running<th>of<th>started<th>failed</tr>\n");
}

void StatusPages::WriteTasks(size_t row, TextWriter& out) {
  const stack::TaskGroup& tasks = *facts_.tasks[row].tasks;
  out.Text("<tr><td>").Html(facts_.tasks[row].name).Text("<td>").Decimal(tasks.running());
  out.Text("<td>").Decimal(tasks.capacity()).Text("<td>").Decimal(tasks.stats().started);
  out.Text("<td>").Decimal(tasks.stats().failed).Text("</tr>\n");
}

void StatusPages::WritePoolsHead(size_t, TextWriter& out) {
  out.Text(
      "</table><h2>Packet buffers</h2>"
      "<table><tr><th>size<th>count<th>in use<th>peak<th>exhausted</tr>\n");
}

void StatusPages::WritePool(size_t row, TextWriter& out) {
  const base::PbufPoolStats& stats =
      row < pools() ? stack_.pools().pools()[row]->stats() : stack_.pools().part_stats();
  out.Text("<tr><td>");
  if (stats.buffer_size == 0) {
    out.Text("parts");
  } else {
    out.Decimal(stats.buffer_size);
  }
  out.Text("<td>").Decimal(stats.count).Text("<td>").Decimal(stats.in_use).Text("<td>");
  out.Decimal(stats.in_use_peak).Text("<td>").Decimal(stats.exhausted).Text("</tr>\n");
}

void StatusPages::WriteConnectionsHead(size_t, TextWriter& out) {
  out.Text(
      "</table><h2>Connections</h2><table><tr><th>state<th>local<th>peer<th>receive queue"
      "<th>send queue<th>cwnd<th>rtt (us)<th>retransmits</tr>\n");
}

void StatusPages::WriteConnection(size_t row, TextWriter& out) {
  std::array<stack::TcpInfo, kMaxConnections> list;
  if (row >= stack_.tcp().List(list)) {
    return;
  }
  const stack::TcpInfo& info = list[row];
  out.Text("<tr><td>").Text(stack::TcpStateName(info.state)).Text("<td>").Address(info.local);
  out.Text("<td>").Address(info.remote).Text("<td>").Decimal(info.receive_queued);
  out.Text("<td>").Decimal(info.send_queued).Text("<td>").Decimal(info.congestion_window);
  out.Text("<td>").Decimal(info.rtt_us).Text("<td>").Decimal(info.retransmits).Text("</tr>\n");
}

void StatusPages::WriteCountersHead(size_t, TextWriter& out) {
  out.Text(
      "</table><h2>Counters</h2><p>Those that are not zero; all are in "
      "<a href=\"/stats.json\">stats.json</a>.</p><table>\n");
}

void StatusPages::WriteCounters(size_t row, TextWriter& out) {
  CounterWriter writer(CounterFormat::kHtml, row, out);
  AddCounters(stack_, writer);
}

void StatusPages::WriteBottom(size_t, TextWriter& out) { out.Text("</table></body></html>\n"); }

bool StatusPages::WriteJson(size_t index, TextWriter& out) {
  if (index > CounterSections(stack_)) {
    return false;
  }
  if (index == CounterSections(stack_)) {
    out.Text("\n}\n");
    return true;
  }
  if (index == 0) {
    out.Text("{\n\"uptime_us\": ")
        .Decimal(static_cast<uint64_t>(base::ToMicroseconds(stack_.now())));
  }
  CounterWriter writer(CounterFormat::kJson, index, out);
  AddCounters(stack_, writer);
  return true;
}

}  // namespace agent
