// netctl phy cable: the reflectometer of the PHY, pair by pair.
#include <array>
#include <memory>

#include "host-cli/commands/binders.h"
#include "host-cli/commands/network.h"
#include "host-cli/format.h"
#include "host-cli/interrupt.h"

namespace netctl {
namespace {

constexpr std::array<std::string_view, protocol::kCablePairs> kPins = {"1, 2", "3, 6"};

struct Options {
  uint8_t interface = 0;
};

Expected<protocol::CableTestStatus> Measure(Context& context, uint8_t interface) {
  constexpr auto kLook = std::chrono::milliseconds(100);
  auto status = context.client.Call<protocol::TestCable>({.interface = interface, .start = true});
  while (status && status->running) {
    if (Interrupted()) {
      return Fail(ExitCode::kInterrupted, "interrupted; the PHY goes on with its test");
    }
    if (const auto waited =
            context.client.Wait(base::Earlier(Now() + kLook, context.client.deadline()));
        !waited) {
      return std::unexpected(waited.error());
    }
    status = context.client.Call<protocol::TestCable>({.interface = interface});
  }
  return status;
}

Error MeasureError(const Error& error) {
  if (error.status == base::Status::kUnimplemented) {
    return {ExitCode::kSkipped, "this PHY has no reflectometer", {}, error.status};
  }
  if (error.status == base::Status::kUnavailable) {
    return {ExitCode::kFailed, "no PHY is ready, or a cable test runs already",
            "see 'netctl phy scan'", error.status};
  }
  return error;
}

bool IsFault(const base::CablePair& pair) {
  return pair.state == base::CableState::kOpen || pair.state == base::CableState::kShort;
}

ExitCode Run(Context& context, const Options& options) {
  Report& report = context.report;
  report.Object("netctl.phy_cable/1");
  const auto measured = Measure(context, options.interface);
  if (!measured) {
    return report.Fail(MeasureError(measured.error()));
  }
  Json pairs = Json::array();
  Table table({"PINS", "STATE", "DISTANCE"});
  bool is_good = true;
  for (size_t i = 0; i < kPins.size(); ++i) {
    const base::CablePair& pair = measured->pairs[i];
    const std::string state = EnumName(pair.state);
    is_good = is_good && pair.state == base::CableState::kGood;
    pairs.push_back({{"pins", kPins[i]}, {"state", state}, {"distance_cm", pair.distance_cm}});
    table.Row({kPins[i],
               Cell(state, pair.state == base::CableState::kGood ? Style::kGood : Style::kBad),
               IsFault(pair) ? fmt::format("about {} m", (pair.distance_cm + 50) / 100) : "-"});
  }
  report.Set("pairs", pairs);
  report.Print(table);
  return is_good ? ExitCode::kOk : ExitCode::kFailed;
}

}  // namespace

Runner BindPhyCable(CLI::App& app) {
  auto options = std::make_shared<Options>();
  AddInterface(app, options->interface);
  return [options](Context& context) { return Run(context, *options); };
}

}  // namespace netctl
