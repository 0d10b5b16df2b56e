// netctl probes: what is plugged in: debug probes and serial ports.

#include "host-cli/commands/binders.h"
#include "host-cli/format.h"
#include "host-cli/probe/probe_list.h"
#include "host-cli/probe/serial_list.h"

namespace netctl {
namespace {

constexpr std::string_view kReady = "ready";

std::string_view AccessWord(ProbeAccess access) {
  switch (access) {
    case ProbeAccess::kReady:
      return kReady;
    case ProbeAccess::kNoPermission:
      return "no_permission";
    case ProbeAccess::kBusy:
      return "busy";
    case ProbeAccess::kFailed:
      break;
  }
  return "failed";
}

// What -t takes to use it.
std::string TargetOf(const ProbeInfo& probe, const std::string& selector) {
  return probe.kind <= ProbeKind::kCmsisDapV1 ? "probe:" + selector : "openocd:BOARD";
}

Cell StateCell(const std::string& problem) {
  return problem.empty() ? Cell(std::string(kReady), Style::kGood)
                         : Cell(EscapeText(problem), Style::kBad);
}

std::string OrDash(const std::string& text) { return text.empty() ? "-" : EscapeText(text); }

void ShowProbes(Report& report, const std::vector<ProbeInfo>& probes) {
  Json list = Json::array();
  Table table({"PROBE", "KIND", "PRODUCT", "USB", "TARGET", "STATE"});
  for (const ProbeInfo& probe : probes) {
    const std::string selector = SelectorOf(probe, probes);
    const std::string target = TargetOf(probe, selector);
    list.push_back({{"selector", selector},
                    {"kind", ProbeKindName(probe.kind)},
                    {"vendor_id", probe.vendor_id},
                    {"product_id", probe.product_id},
                    {"serial", EscapeText(probe.serial)},
                    {"product", EscapeText(probe.product)},
                    {"location", probe.location},
                    {"interface", probe.interface},
                    {"endpoint_out", probe.endpoint_out},
                    {"endpoint_in", probe.endpoint_in},
                    {"target", target},
                    {"access", AccessWord(probe.access)},
                    {"problem", EscapeText(probe.problem)},
                    {"hint", probe.hint}});
    table.Row({Cell(selector, Style::kBold), ProbeKindName(probe.kind), OrDash(probe.product),
               probe.location, target, StateCell(probe.problem)});
  }
  report.Set("probes", list);
  if (!table.empty()) {
    report.Print(table);
  }
}

void ShowPorts(Report& report, const std::vector<SerialPort>& ports, bool behind_probes) {
  Json list = Json::array();
  Table table({"SERIAL PORT", "PRODUCT", "SERIAL", "BY ID", "STATE"});
  for (const SerialPort& port : ports) {
    list.push_back({{"path", port.path},
                    {"by_id", EscapeText(port.by_id)},
                    {"product", EscapeText(port.product)},
                    {"serial", EscapeText(port.serial)},
                    {"problem", port.problem},
                    {"hint", port.hint}});
    table.Row({Cell(port.path, Style::kBold), OrDash(port.product), OrDash(port.serial),
               OrDash(port.by_id), StateCell(port.problem)});
  }
  report.Set("serial_ports", list);
  if (!table.empty()) {
    if (behind_probes) {
      report.Line("");
    }
    report.Print(table);
  }
}

// Each hint once, below the tables.
template <typename T>
void ShowHints(Report& report, const std::vector<T>& items, std::string& last) {
  for (const T& item : items) {
    if (!item.hint.empty() && item.hint != last) {
      last = item.hint;
      report.Note("hint: {}", last);
    }
  }
}

ExitCode Run(Context& context) {
  Report& report = context.report;
  report.Object("netctl.probes/1");
  const auto probes = ListProbes(AccessCheck::kYes);
  if (!probes) {
    return report.Fail(probes.error());
  }
  const std::vector<SerialPort> ports = ListSerialPorts();
  ShowProbes(report, *probes);
  ShowPorts(report, ports, !probes->empty());
  std::string last;
  ShowHints(report, *probes, last);
  ShowHints(report, ports, last);
  if (probes->empty() && ports.empty()) {
    report.Note(
        "no debug probe and no serial port on USB; is the board plugged in, by a cable that "
        "carries data?");
  }
  return ExitCode::kOk;
}

}  // namespace

Runner BindProbes(CLI::App&) { return Run; }

}  // namespace netctl
