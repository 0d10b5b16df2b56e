// netctl stats: every counter of every layer.
#include <memory>

#include "host-cli/commands/binders.h"
#include "host-cli/commands/counters.h"
#include "host-cli/format.h"
#include "host-cli/interrupt.h"
#include "host-cli/options.h"

namespace netctl {
namespace {

struct Options {
  std::string pattern;
  bool watch = false;
  bool delta = false;
  bool reset = false;
  bool all = false;
  base::Duration interval = std::chrono::seconds(1);
};

void Show(Report& report, const Options& options, const Counters& counters) {
  size_t width = 0;
  for (const Counter& counter : counters.list) {
    width = std::max(width, counter.name.size());
  }
  size_t shown = 0;
  for (const Counter& counter : counters.list) {
    if (counter.value == 0 && !options.all) {
      continue;
    }
    ++shown;
    report.Line("{:{}}  {:>12}", counter.name, width, counter.value);
  }
  if (shown != 0 || report.json()) {
    return;
  }
  if (counters.list.empty()) {
    report.Note("no counter matches '{}'", options.pattern);
  } else {
    report.Note("all {} counters are zero (see --all)", counters.list.size());
  }
}

Json AsJson(const Counters& counters) {
  Json json = Json::object();
  for (const Counter& counter : counters.list) {
    json[counter.name] = counter.value;
  }
  return json;
}

Expected<Counters> Read(Context& context, const Options& options) {
  auto counters = ReadCounters(context);
  if (counters) {
    counters->Keep(options.pattern);
  }
  return counters;
}

// Differences, once a second, until Ctrl-C.
ExitCode Watch(Context& context, const Options& options) {
  Report& report = context.report;
  report.Stream("netctl.stats_watch/1");
  auto before = Read(context, options);
  if (!before) {
    return report.Fail(before.error());
  }
  report.Start(AsJson(*before));
  while (!Interrupted() && Now() < context.client.deadline()) {
    if (const auto waited = context.client.Wait(Now() + options.interval); !waited) {
      return report.Fail(waited.error());
    }
    if (Interrupted()) {
      break;
    }
    auto after = Read(context, options);
    if (!after) {
      return report.Fail(after.error());
    }
    const Counters delta = after->Since(*before);
    report.Event("interval", AsJson(delta));
    report.Line("--- {:.3f} s", static_cast<double>(after->time_us - before->time_us) / 1e6);
    Show(report, options, delta);
    before = std::move(after);
  }
  return ExitCode::kOk;
}

// What happens within one interval.
Expected<Counters> ReadDelta(Context& context, const Options& options) {
  const auto before = Read(context, options);
  if (!before) {
    return before;
  }
  if (const auto waited = context.client.Wait(Now() + options.interval); !waited) {
    return std::unexpected(waited.error());
  }
  const auto after = Read(context, options);
  return after ? Expected<Counters>(after->Since(*before)) : after;
}

ExitCode Run(Context& context, const Options& options) {
  if (options.watch) {
    return Watch(context, options);
  }
  Report& report = context.report;
  report.Object("netctl.stats/1");
  const auto counters = options.delta ? ReadDelta(context, options) : Read(context, options);
  if (!counters) {
    return report.Fail(counters.error());
  }
  report.Set("time_us", counters->time_us);
  report.Set("counters", AsJson(*counters));
  Show(report, options, *counters);
  if (options.reset) {
    if (const auto reset = context.client.Call<protocol::ResetStats>(); !reset) {
      return report.Fail(reset.error());
    }
    report.Note("the counters are zero now");
  }
  return counters->list.empty() ? ExitCode::kFailed : ExitCode::kOk;
}

}  // namespace

Runner BindStats(CLI::App& app) {
  auto options = std::make_shared<Options>();
  AddText(app, "pattern", options->pattern,
          "only counters whose name contains this, or matches it with * and ?");
  AddFlag(app, "--watch", options->watch, "show the differences again and again, until Ctrl-C");
  AddFlag(app, "--delta", options->delta, "show the differences of one interval");
  AddFlag(app, "--reset", options->reset, "set the counters to zero after reading");
  AddFlag(app, "-a,--all", options->all, "also counters that are zero");
  AddParsed(app, "-i,--interval", options->interval, "of --watch and --delta (default 1s)");
  return [options](Context& context) { return Run(context, *options); };
}

}  // namespace netctl
