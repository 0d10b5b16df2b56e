// netctl flash: the agent, or another image, into the board's flash with OpenOCD.
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include <unistd.h>

#include "host-cli/channels/open.h"
#include "host-cli/commands/binders.h"
#include "host-cli/flash/board_flash.h"
#include "host-cli/flash/check_agent.h"
#include "host-cli/flash/flasher.h"
#include "host-cli/flash/image.h"
#include "host-cli/interrupt.h"
#include "host-cli/lock.h"
#include "host-cli/options.h"
#include "host-cli/paths.h"
#include "host-cli/progress.h"

namespace netctl {
namespace {

struct Options {
  std::string image;
  std::string board;
  std::string probe;
  std::string config;
  std::string channel;
  std::string address;
  bool no_verify = false;
  bool erase = false;
  bool force = false;
  bool no_reset = false;
  bool no_check = false;
};

// What is known before the probe is touched.
struct Plan {
  const BoardFlash* board = nullptr;  // null: one of the user's, known by its configuration only
  FlashImage image;
  OpenOcdOptions openocd;
};

Expected<FlashImage> ChosenImage(const Options& options) {
  std::optional<uint32_t> address;
  if (!options.address.empty()) {
    const auto number = ParseNumber(options.address, 0, UINT32_MAX);
    if (!number) {
      return std::unexpected(Error(number.error()).In("--address"));
    }
    address = static_cast<uint32_t>(*number);
  }
  if (!options.image.empty()) {
    return ReadFlashImage(options.image, address);
  }
  const auto shipped = FindFirmware(options.board);
  if (!shipped) {
    return std::unexpected(shipped.error());
  }
  return ReadFlashImage(*shipped, address);
}

Expected<Plan> MakePlan(const Options& options) {
  Plan plan;
  plan.board = FindBoardFlash(options.board);
  if (plan.board == nullptr && options.config.empty()) {
    return Fail(ExitCode::kUsage, fmt::format("netctl knows no board {}", options.board),
                "--board stm32f4-rmii; or name its OpenOCD configuration with --config");
  }
  if (plan.board != nullptr && !plan.board->has_flash) {
    return Fail(ExitCode::kFlash, fmt::format("{} has no flash", options.board),
                "QEMU loads the image itself: netctl -t qemu info");
  }
  auto image = ChosenImage(options);
  if (!image) {
    return std::unexpected(image.error());
  }
  if (plan.board != nullptr) {
    if (const auto fits = CheckFits(*image, *plan.board); !fits) {
      return std::unexpected(fits.error());
    }
  }
  plan.image = std::move(*image);
  plan.openocd = {.config = options.config.empty() ? options.board : options.config,
                  .probe = options.probe};
  return plan;
}

// Asks before everything in the chip is lost.
Expected<void> ConfirmErase(const Options& options, const Context& context) {
  if (!options.erase || options.force) {
    return {};
  }
  if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDERR_FILENO) != 1) {
    return Fail(ExitCode::kUsage, "--erase takes everything out of the chip's flash",
                "-f says that this is meant");
  }
  context.report.Note("Everything in the flash of {} will be erased. Go on? [y/N]", options.board);
  std::string answer;
  std::getline(std::cin, answer);
  if (answer != "y" && answer != "Y" && answer != "yes") {
    return Fail(ExitCode::kFailed, "nothing was erased");
  }
  return {};
}

// One bar for each stage.
class StageBar {
 public:
  explicit StageBar(Report& report) : report_(report) {}

  void Update(std::string_view stage, uint64_t done, uint64_t total) {
    if (stage != stage_) {
      stage_ = stage;
      bar_.reset();
      bar_.emplace(report_, stage_, total);
    }
    bar_->Update(done, Now(), FormatSize(total));
  }

 private:
  Report& report_;
  std::string stage_;
  std::optional<Progress> bar_;
};

// Stops the target and looks whether the image can be written: whether it is there already.
Expected<bool> Examine(Context& context, const Options& options, const Plan& plan,
                       Flasher& flasher) {
  if (const auto halted = flasher.Halt(); !halted) {
    return std::unexpected(halted.error());
  }
  if (plan.board != nullptr) {
    const auto chip = flasher.CheckChip(*plan.board);
    if (!chip) {
      return std::unexpected(chip.error());
    }
    context.report.Set("chip_id", fmt::format("{:#05x}", *chip));
  }
  if (const auto room = flasher.CheckRoom(plan.image); !room) {
    return std::unexpected(room.error());
  }
  return options.force || options.erase ? Expected<bool>(false) : flasher.Holds(plan.image);
}

Expected<void> Write(Context& context, const Options& options, const Plan& plan, Flasher& flasher) {
  Report& report = context.report;
  const base::Instant start = Now();
  const auto erased = flasher.Erase(options.erase ? nullptr : &plan.image);
  if (!erased) {
    return std::unexpected(erased.error());
  }
  report.Set("erased", *erased);
  if (const auto programmed = flasher.Program(plan.image); !programmed) {
    return programmed;
  }
  if (!options.no_verify) {
    if (const auto verified = flasher.Verify(plan.image); !verified) {
      return verified;
    }
  }
  const base::Duration took = Now() - start;
  report.Set("verified", !options.no_verify);
  report.Set("took_us", took.count());
  report.Line("flashed {}, {} in {}{}", plan.image.path.string(), FormatSize(plan.image.size()),
              FormatDuration(took), options.no_verify ? "" : ", verified");
  return {};
}

// OpenOCD's part; its end lets go of the probe.
Expected<void> FlashWithOpenOcd(Context& context, const Options& options, const Plan& plan) {
  const base::Instant deadline = context.client.deadline();
  auto openocd = LaunchOpenOcd(plan.openocd, deadline);
  if (!openocd) {
    return std::unexpected(openocd.error());
  }
  context.report.SetMembers(openocd->facts);
  StageBar bar(context.report);
  Flasher flasher(*openocd, deadline,
                  [&bar](std::string_view stage, uint64_t done, uint64_t total) {
                    bar.Update(stage, done, total);
                  });
  const auto there = Examine(context, options, plan, flasher);
  if (!there) {
    // What is on the chip goes on as before.
    static_cast<void>(flasher.Start().has_value());
    return std::unexpected(there.error());
  }
  context.report.Set("already_there", *there);
  if (*there) {
    context.report.Line("already there: {}, {}", plan.image.path.string(),
                        FormatSize(plan.image.size()));
  } else if (const auto written = Write(context, options, plan, flasher); !written) {
    return written;
  }
  return options.no_reset ? Expected<void>() : flasher.Start();
}

// The probe as a channel.
std::string ProbeUrl(const Plan& plan) {
  const std::string url = "openocd:" + plan.openocd.config;
  return plan.openocd.probe.empty() ? url : url + "?probe=" + EncodeOption(plan.openocd.probe);
}

// Nobody else's command gets in between.
Expected<Lock> LockProbe(const Context& context, const Plan& plan) {
  const auto url = ParseChannelUrl(ProbeUrl(plan));
  if (!url) {
    return std::unexpected(url.error());
  }
  return Lock::Take(LockKey(*url), context.options.command, context.options.lock_wait);
}

// By default the way that the image went.
std::string ChannelOf(const Options& options, const Plan& plan) {
  return options.channel.empty() ? ProbeUrl(plan) : options.channel;
}

ExitCode Check(Context& context, const Options& options, const Plan& plan) {
  Report& report = context.report;
  if (options.no_check || options.no_reset) {
    return ExitCode::kOk;
  }
  if (plan.image.format == FlashImage::Format::kElf && !plan.image.build_id) {
    report.Note("{} is no agent of netctl's: not asked for an answer", plan.image.path.string());
    return ExitCode::kOk;
  }
  const auto peer = CheckAgent(context, ChannelOf(options, plan), plan.image.build_id);
  if (!peer) {
    return report.Fail(peer.error());
  }
  report.Set("agent", Json{{"board", peer->board},
                           {"version", peer->version},
                           {"build_id", fmt::format("{:016x}", peer->build_id)},
                           {"via", peer->via}});
  report.Line("{} answers: {} build {:016x} via {}", EscapeText(peer->board),
              EscapeText(peer->version), peer->build_id, peer->via);
  return ExitCode::kOk;
}

ExitCode Run(Context& context, const Options& options) {
  Report& report = context.report;
  report.Object("netctl.flash/1");
  report.Set("board", options.board);
  const auto plan = MakePlan(options);
  if (!plan) {
    return report.Fail(plan.error());
  }
  report.Set("image", plan->image.path.string());
  report.Set("address", fmt::format("{:#010x}", plan->image.ranges[0].begin));
  report.Set("size", plan->image.size());
  if (plan->image.build_id) {
    report.Set("build_id", fmt::format("{:016x}", *plan->image.build_id));
  }
  if (const auto confirmed = ConfirmErase(options, context); !confirmed) {
    return report.Fail(confirmed.error());
  }
  {
    const auto lock = LockProbe(context, *plan);
    if (!lock) {
      return report.Fail(lock.error());
    }
    if (const auto flashed = FlashWithOpenOcd(context, options, *plan); !flashed) {
      return report.Fail(flashed.error());
    }
  }
  return Check(context, options, *plan);
}

}  // namespace

Runner BindFlash(CLI::App& app) {
  auto options = std::make_shared<Options>();
  AddText(app, "image", options->image, "ELF, Intel HEX or plain bytes; default: the board's agent",
          "IMAGE");
  AddText(app, "--board", options->board, "stm32f4-rmii, or one that --config is for", "BOARD")
      .Required();
  AddText(app, "--probe", options->probe, "serial number of the probe, or VID:PID:SERIAL", "PROBE");
  AddText(app, "--config", options->config, "for OpenOCD: one file, or several with commas",
          "FILE");
  AddText(app, "--address", options->address, "where plain bytes begin", "ADDRESS");
  AddFlag(app, "--no-verify", options->no_verify, "do not read back what was written");
  AddFlag(app, "--erase", options->erase, "the whole chip first, and not only what is needed");
  AddFlag(app, "-f,--force", options->force, "ask nothing; flash even what is already there");
  AddFlag(app, "--no-reset", options->no_reset, "leave the board halted");
  AddFlag(app, "--no-check", options->no_check, "do not wait until the agent answers");
  AddText(app, "--channel", options->channel, "where the agent answers; default: the probe", "URL");
  return [options](Context& context) { return Run(context, *options); };
}

}  // namespace netctl
