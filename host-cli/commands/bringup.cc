// netctl bringup: all steps in order, each with verdict, figure and time.
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <set>

#include <unistd.h>

#include "host-cli/bringup/step.h"
#include "host-cli/commands/binders.h"
#include "host-cli/commands/network.h"
#include "host-cli/format.h"
#include "host-cli/interrupt.h"
#include "host-cli/junit.h"
#include "host-cli/options.h"

namespace netctl {
namespace {

struct Options {
  BringUpOptions bringup;
  std::string junit;
};

struct Done {
  const Step* step = nullptr;
  StepResult result{};
  base::Duration time{};
};

struct Mark {
  const char* word;
  Style style;
};

Mark MarkOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return {"pass", Style::kGood};
    case Verdict::kFail:
      return {"FAIL", Style::kBad};
    case Verdict::kError:
      return {"ERROR", Style::kBad};
    case Verdict::kSkip:
      return {"skip", Style::kDim};
  }
  return {"", Style::kPlain};
}

void Show(Report& report, size_t number, const Done& done) {
  const Mark mark = MarkOf(done.result.verdict);
  report.Line("{:2}  {:13} {}  {:>9}  {}", number, done.step->name,
              report.Paint(mark.style, fmt::format("{:5}", mark.word)), FormatDuration(done.time),
              done.result.figure);
  if (!done.result.advice.empty()) {
    report.Line("{:35}{}", "", report.Paint(Style::kWarning, "try: " + done.result.advice));
  }
}

// A step whose prerequisite failed, or was itself left out for that, says nothing new: it is
// skipped.
std::vector<Done> RunSteps(BringUp& bringup) {
  Report& report = bringup.context.report;
  std::vector<Done> all;
  std::set<std::string> not_passed;
  for (const Step& step : BringUpSteps()) {
    Done done{.step = &step};
    const base::Instant begin = Now();
    if (Interrupted()) {
      done.result = Skipped("interrupted");
      not_passed.insert(step.name);
    } else if (step.needs != nullptr && not_passed.contains(step.needs)) {
      done.result = Skipped(fmt::format("needs {}", step.needs));
      not_passed.insert(step.name);
    } else {
      done.result = step.run(bringup);
      if (done.result.verdict == Verdict::kFail || done.result.verdict == Verdict::kError) {
        not_passed.insert(step.name);
      }
    }
    done.time = Now() - begin;
    Show(report, all.size() + 1, done);
    all.push_back(std::move(done));
  }
  return all;
}

Json StepsJson(const std::vector<Done>& all) {
  Json steps = Json::array();
  for (const Done& done : all) {
    Json step = {{"name", done.step->name},
                 {"verdict", EnumName(done.result.verdict)},
                 {"figure", done.result.figure},
                 {"time_us", done.time.count()}};
    if (!done.result.advice.empty()) {
      step["advice"] = done.result.advice;
    }
    steps.push_back(step);
  }
  return steps;
}

CaseResult ToCaseResult(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return CaseResult::kPassed;
    case Verdict::kFail:
      return CaseResult::kFailed;
    case Verdict::kError:
      return CaseResult::kError;
    case Verdict::kSkip:
      return CaseResult::kSkipped;
  }
  return CaseResult::kError;
}

TestSuite MakeSuite(const BringUp& bringup, const std::vector<Done>& all) {
  char host[256] = {};
  ::gethostname(host, sizeof(host) - 1);
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  char time[32] = {};
  std::strftime(time, sizeof(time), "%Y-%m-%dT%H:%M:%S", ::localtime_r(&now, &local));
  TestSuite suite{
      .name = "bringup", .timestamp = time, .hostname = host, .properties = {}, .cases = {}};
  suite.properties = {{"netctl.board", fmt::format("{}", bringup.info.board)},
                      {"netctl.agent_version", fmt::format("{}", bringup.info.version)},
                      {"netctl.agent_build", fmt::format("{:016x}", bringup.info.build_id)}};
  for (const Done& done : all) {
    suite.cases.push_back({.classname = std::string("bringup.") + done.step->classname,
                           .name = done.step->name,
                           .time_s = std::chrono::duration<double>(done.time).count(),
                           .result = ToCaseResult(done.result.verdict),
                           .message = done.result.figure,
                           .details = done.result.advice.empty()
                                          ? ""
                                          : done.result.figure + "\ntry: " + done.result.advice});
  }
  return suite;
}

ExitCode Verdicts(const std::vector<Done>& all) {
  ExitCode code = ExitCode::kOk;
  for (const Done& done : all) {
    if (done.result.verdict == Verdict::kFail) {
      return ExitCode::kFailed;
    }
    if (done.result.verdict == Verdict::kError) {
      code = done.result.code;
    }
  }
  return code;
}

ExitCode Run(Context& context, const Options& options) {
  Report& report = context.report;
  report.Object("netctl.bringup/1");
  BringUp bringup{.context = context, .options = options.bringup};
  const std::vector<Done> all = RunSteps(bringup);
  report.Set("steps", StepsJson(all));
  const auto count = [&all](Verdict verdict) {
    return std::ranges::count_if(
        all, [verdict](const Done& done) { return done.result.verdict == verdict; });
  };
  report.Set("passed", count(Verdict::kPass));
  report.Set("failed", count(Verdict::kFail) + count(Verdict::kError));
  report.Set("skipped", count(Verdict::kSkip));
  report.Line("\n{} passed, {} failed, {} skipped", count(Verdict::kPass),
              count(Verdict::kFail) + count(Verdict::kError), count(Verdict::kSkip));
  if (!options.junit.empty()) {
    std::ofstream file(options.junit);
    file << FormatJunit(MakeSuite(bringup, all));
    if (!file.flush()) {
      return report.Fail({ExitCode::kUsage,
                          fmt::format("cannot write {}: {}", options.junit, std::strerror(errno)),
                          {},
                          {}});
    }
  }
  return Verdicts(all);
}

}  // namespace

Runner BindBringup(CLI::App& app) {
  auto options = std::make_shared<Options>();
  AddInterface(app, options->bringup.interface);
  AddText(app, "--peer", options->bringup.peer, "address of this host as the board reaches it",
          "ADDRESS");
  AddParsed(app, "-T,--time", options->bringup.perf_time, "of each throughput step (default 2s)");
  AddSize(app, "--http-size", options->bringup.http_bytes,
          "bytes that the board fetches (default 4M)", 256 << 20);
  AddDecimal(app, "--min-mbit", options->bringup.min_mbit, "throughput that a direction must reach",
             0, 1e6);
  AddParsed(app, "--link-wait", options->bringup.link_wait,
            "how long the link may take (default 10s)");
  AddText(app, "--junit", options->junit, "write a JUnit report", "FILE");
  return [options](Context& context) { return Run(context, *options); };
}

}  // namespace netctl
