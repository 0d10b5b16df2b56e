// netctl info: what the board is.

#include "host-cli/commands/binders.h"
#include "host-cli/format.h"
#include "protocol/methods.h"

namespace netctl {
namespace {

std::string LinkText(const base::LinkMode& link) {
  if (!link.is_up()) {
    return "down";
  }
  return fmt::format("{} Mbit/s {} duplex", link.speed_mbit, EnumName(link.duplex));
}

std::string PhyText(const protocol::InterfaceInfo& interface) {
  if (interface.phy.empty()) {
    return "none found";
  }
  return fmt::format("{} ({:04x}:{:04x}) at address {}", interface.phy, interface.phy_id >> 16,
                     interface.phy_id & 0xffff, interface.phy_address);
}

void ShowInterface(Report& report, const protocol::InterfaceInfo& interface) {
  const base::Capabilities& can = interface.capabilities;
  std::string offload;
  for (const auto& [has, name] : {std::pair{can.checksum_insertion, "tx checksum"},
                                  {can.checksum_verification, "rx checksum"},
                                  {can.dma, "DMA"},
                                  {can.mac_loopback, "MAC loopback"},
                                  {can.phy_loopback, "PHY loopback"}}) {
    offload += has ? (offload.empty() ? "" : ", ") + std::string(name) : "";
  }
  report.Line("");
  report.Heading(interface.name.view());
  report.Line("  driver           {}, MTU {}", interface.driver, interface.mtu);
  report.Line("  MAC address      {}", interface.mac);
  report.Line("  PHY              {}", PhyText(interface));
  report.Line(
      "  link             {}",
      report.Paint(interface.link.is_up() ? Style::kGood : Style::kBad, LinkText(interface.link)));
  report.Line("  hardware can     {}", offload.empty() ? "nothing by itself" : offload);
}

ExitCode Run(Context& context) {
  Report& report = context.report;
  report.Object("netctl.info/1");
  const auto info = context.client.Call<protocol::GetInfo>();
  if (!info) {
    return report.Fail(info.error());
  }
  report.Value("board", info->board);
  report.Value("version", info->version);
  report.Value("build_id", fmt::format("{:016x}", info->build_id));
  report.Value("reset_cause", info->reset_cause);
  report.Value("boot_counter", info->boot_counter);
  report.Value("cpu_hz", info->cpu_hz, fmt::format("{:g} MHz", info->cpu_hz / 1e6));
  report.Value("uptime_us", info->uptime_us,
               FormatDuration(base::Duration(static_cast<int64_t>(info->uptime_us))));
  report.Set("limits", info->limits);
  report.Set("interfaces", info->interfaces);
  for (const protocol::InterfaceInfo& interface : info->interfaces) {
    ShowInterface(report, interface);
  }
  return ExitCode::kOk;
}

}  // namespace

Runner BindInfo(CLI::App&) { return Run; }

}  // namespace netctl
