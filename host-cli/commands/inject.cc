// netctl inject rx|tx: frames into the board's receive path, or out on its wire.
#include <memory>

#include "host-cli/commands/binders.h"
#include "host-cli/commands/job.h"
#include "host-cli/commands/network.h"
#include "host-cli/format.h"
#include "host-cli/frame_source.h"
#include "host-cli/interrupt.h"
#include "host-cli/options.h"
#include "host-cli/progress.h"

namespace netctl {
namespace {

constexpr size_t kMaxFrames = 1'000'000;
constexpr int kMaxTries = 100;  // for a frame that the board cannot take just now

struct Options {
  protocol::FrameDirection direction = protocol::FrameDirection::kReceive;
  uint8_t interface = 0;
  std::string frames;
  uint32_t random = 0;
  uint32_t seed = 1;
};

// One frame. "No room" passes within a few frames' time, so it is tried again, a bounded number of
// times.
Expected<void> InjectOne(Context& context, const protocol::InjectRequest& request) {
  for (int tries = 1;; ++tries) {
    const auto injected = context.client.Call<protocol::InjectFrame>(request);
    if (injected) {
      return {};
    }
    const auto status = injected.error().status;
    const bool full =
        status == base::Status::kUnavailable || status == base::Status::kResourceExhausted;
    if (!full || tries == kMaxTries || Interrupted()) {
      return std::unexpected(injected.error());
    }
    if (const auto waited = context.client.Wait(Now() + std::chrono::milliseconds(5)); !waited) {
      return std::unexpected(waited.error());
    }
  }
}

ExitCode InjectFrames(Context& context, const Options& options) {
  Report& report = context.report;
  const auto frames = ReadFrames(options.frames, protocol::kMaxFrame, kMaxFrames);
  if (!frames) {
    return report.Fail(frames.error());
  }
  size_t done = 0;
  {
    Progress progress(report, "frames", frames->size());
    for (const Frame& frame : *frames) {
      protocol::InjectRequest request{.interface = options.interface,
                                      .direction = options.direction};
      request.frame.Assign(frame);
      if (const auto injected = InjectOne(context, request); !injected) {
        report.Set("injected", done);
        return report.Fail(Error(injected.error()).In(fmt::format("frame {}", done + 1)));
      }
      progress.Update(++done, Now());
      if (Interrupted()) {
        break;
      }
    }
  }
  report.Value("injected", done);
  return ExitCode::kOk;
}

ExitCode InjectRandom(Context& context, const Options& options) {
  Report& report = context.report;
  protocol::InjectProgressInfo last;
  base::Status status = base::Status::kOk;
  {
    Progress progress(report, "random frames", options.random);
    const auto ended = RunJob<protocol::InjectRandom>(
        context.client,
        {.interface = options.interface,
         .direction = options.direction,
         .count = options.random,
         .seed = options.seed},
        [&](const JobEvent& event) {
          if (const auto step = event.As<protocol::InjectProgress>()) {
            last = *step;
            progress.Update(step->injected, Now());
          }
        });
    if (!ended) {
      return report.Fail(ended.error());
    }
    status = *ended;
  }
  report.Value("injected", last.injected);
  report.Value("refused", last.refused);
  report.Value("seed", options.seed);
  if (status != base::Status::kOk) {
    return report.Fail(JobError(status, "injection"));
  }
  return ExitCode::kOk;
}

ExitCode Run(Context& context, const Options& options) {
  Report& report = context.report;
  report.Object("netctl.inject/1");
  if (options.frames.empty() == (options.random == 0)) {
    return report.Fail({ExitCode::kUsage,
                        "inject: name a frame or a file, or --random N",
                        "netctl inject rx ffffffffffff... | FILE.pcap | --random 1000 --seed 7",
                        {}});
  }
  return options.random != 0 ? InjectRandom(context, options) : InjectFrames(context, options);
}

Runner Bind(CLI::App& app, protocol::FrameDirection direction) {
  auto options = std::make_shared<Options>();
  options->direction = direction;
  AddInterface(app, options->interface);
  AddText(app, "frames", options->frames,
          "a frame in hexadecimal (without FCS), or a pcap or pcapng file");
  AddNumber(app, "--random", options->random,
            "so many frames made on the board: mostly valid, with defects", 1);
  AddNumber(app, "--seed", options->seed,
            "of --random: the same seed makes the same frames (default 1)");
  return [options](Context& context) { return Run(context, *options); };
}

}  // namespace

Runner BindInjectRx(CLI::App& app) { return Bind(app, protocol::FrameDirection::kReceive); }
Runner BindInjectTx(CLI::App& app) { return Bind(app, protocol::FrameDirection::kTransmit); }

}  // namespace netctl
