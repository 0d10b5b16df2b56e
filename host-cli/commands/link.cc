// netctl link show|watch|set: what the PHY and its partner agreed on.
#include <memory>

#include "host-cli/commands/binders.h"
#include "host-cli/commands/network.h"
#include "host-cli/format.h"
#include "host-cli/interrupt.h"
#include "host-cli/options.h"
#include "host-cli/phy_registers.h"

namespace netctl {
namespace {

// The abilities that are set in an ANAR or ANLPAR, highest first.
std::string Abilities(uint8_t reg, uint16_t value) {
  std::string text;
  for (const DecodedField& field : DecodePhyRegister(*FindPhyRegister(0, reg), value)) {
    if (field.value != 0 && field.name != "selector" && field.name != "acknowledge") {
      text += (text.empty() ? "" : ", ") + std::string(field.name);
    }
  }
  return text.empty() ? "nothing" : text;
}

std::string NegotiationText(const protocol::LinkStatus& link) {
  if (!link.autonegotiation) {
    return "off (forced)";
  }
  return link.autonegotiation_complete ? "complete" : "not complete";
}

// What looks wrong, in one line each.
void Judge(Report& report, const protocol::LinkStatus& link) {
  constexpr uint16_t kPartnerNegotiates = 1;  // ANER bit 0
  if (link.phy.is_up() &&
      (link.phy.speed_mbit != link.mac.speed_mbit || link.phy.duplex != link.mac.duplex)) {
    report.Warn("the PHY runs {} and the MAC {}: frames will be lost", LinkModeText(link.phy),
                LinkModeText(link.mac));
  }
  if (link.phy.is_up() && link.autonegotiation && (link.expansion & kPartnerNegotiates) == 0) {
    report.Warn(
        "the partner does not negotiate: if it is forced to full duplex, the two ends disagree");
  }
}

struct InterfaceOptions {
  uint8_t interface = 0;
};

ExitCode RunShow(Context& context, const InterfaceOptions& options) {
  Report& report = context.report;
  report.Object("netctl.link/1");
  const auto link = context.client.Call<protocol::GetLink>({.interface = options.interface});
  if (!link) {
    return report.Fail(link.error());
  }
  if (report.json()) {
    report.Fields(*link);
    return ExitCode::kOk;
  }
  const bool up = link->phy.is_up();
  report.Value("link", link->phy, LinkModeText(link->phy), up ? Style::kGood : Style::kBad);
  report.Value("mac", link->mac, LinkModeText(link->mac));
  report.Value("auto-negotiation", link->autonegotiation, NegotiationText(*link));
  report.Value("advertised", link->advertised, Abilities(4, link->advertised));
  report.Value("partner", link->partner, Abilities(5, link->partner));
  report.Value("changes", link->changes);
  Judge(report, *link);
  return ExitCode::kOk;
}

struct WatchOptions {
  uint8_t interface = 0;
  uint32_t count = 0;
};

void ShowChange(Report& report, const protocol::LinkChange& change) {
  report.Event("change", change);
  const bool up = change.link.is_up();
  report.Line("{:12.6f}  eth{}  {}", static_cast<double>(change.time_us) / 1e6, change.interface,
              report.Paint(up ? Style::kGood : Style::kBad, LinkModeText(change.link)));
}

// Starts with the state now, so that what follows is a change of something known.
ExitCode RunWatch(Context& context, const WatchOptions& options) {
  Report& report = context.report;
  report.Stream("netctl.link_watch/1");
  uint32_t seen = 0;
  context.client.OnEvent<protocol::LinkChanged>([&](const protocol::LinkChange& change) {
    if (change.interface == options.interface) {
      ++seen;
      ShowChange(report, change);
    }
  });
  const auto link = context.client.Call<protocol::GetLink>({.interface = options.interface});
  if (!link) {
    return report.Fail(link.error());
  }
  report.Event("state", *link);
  report.Line("now           eth{}  {}", options.interface, LinkModeText(link->phy));
  while (options.count == 0 || seen < options.count) {
    if (Interrupted()) {
      return ExitCode::kOk;
    }
    if (Now() >= context.client.deadline()) {
      return report.Fail({ExitCode::kTimeout,
                          fmt::format("{} of {} changes seen in time", seen, options.count),
                          {},
                          {}});
    }
    const auto waited = context.client.Wait(
        base::Earlier(Now() + std::chrono::seconds(1), context.client.deadline()));
    if (!waited) {
      return report.Fail(waited.error());
    }
  }
  return ExitCode::kOk;
}

struct SetOptions {
  protocol::LinkSetRequest request;
  bool restart = false;
  std::string mode;
};

// "100full" and its kin.
bool ParseMode(const std::string& text, protocol::LinkSetRequest& request) {
  using enum base::Duplex;
  constexpr struct {
    std::string_view name;
    uint16_t speed_mbit;
    base::Duplex duplex;
  } kModes[] = {{"10half", 10, kHalf},
                {"10full", 10, kFull},
                {"100half", 100, kHalf},
                {"100full", 100, kFull}};
  for (const auto& mode : kModes) {
    if (mode.name == text) {
      request.setting = protocol::LinkSetting::kForce;
      request.speed_mbit = mode.speed_mbit;
      request.duplex = mode.duplex;
      return true;
    }
  }
  return false;
}

ExitCode RunSet(Context& context, const SetOptions& options) {
  Report& report = context.report;
  report.Object("netctl.link_set/1");
  protocol::LinkSetRequest request = options.request;
  if (options.mode == "restart") {
    request.setting = protocol::LinkSetting::kRestart;
  } else if (options.mode == "far-loopback") {
    request.setting = protocol::LinkSetting::kFarLoopback;
  } else if (options.mode != "auto" && !ParseMode(options.mode, request)) {
    return report.Fail({ExitCode::kUsage,
                        fmt::format("'{}' is no link mode", options.mode),
                        "auto, restart, 10half, 10full, 100half, 100full or far-loopback",
                        {}});
  }
  if (const auto set = context.client.Call<protocol::SetLink>(request); !set) {
    return report.Fail(set.error());
  }
  report.Value("mode", options.mode);
  report.Note("see the result with 'netctl link watch' or 'netctl link show'");
  return ExitCode::kOk;
}

}  // namespace

Runner BindLinkShow(CLI::App& app) {
  auto options = std::make_shared<InterfaceOptions>();
  AddInterface(app, options->interface);
  return [options](Context& context) { return RunShow(context, *options); };
}

Runner BindLinkWatch(CLI::App& app) {
  auto options = std::make_shared<WatchOptions>();
  AddInterface(app, options->interface);
  AddNumber(app, "-c,--count", options->count, "changes to wait for (default: until Ctrl-C)");
  return [options](Context& context) { return RunWatch(context, *options); };
}

Runner BindLinkSet(CLI::App& app) {
  auto options = std::make_shared<SetOptions>();
  AddInterface(app, options->request.interface);
  AddText(app, "mode", options->mode,
          "auto, restart, 10half, 10full, 100half or 100full; far-loopback: the PHY sends back to "
          "the partner what it receives")
      .Required();
  return [options](Context& context) { return RunSet(context, *options); };
}

}  // namespace netctl
