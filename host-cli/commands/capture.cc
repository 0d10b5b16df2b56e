// netctl capture: frames that the board receives and sends, as pcapng or as lines.
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>

#include <unistd.h>

#include "host-cli/commands/binders.h"
#include "host-cli/commands/network.h"
#include "host-cli/format.h"
#include "host-cli/frame_text.h"
#include "host-cli/interrupt.h"
#include "host-cli/options.h"
#include "host-cli/pcapng.h"

namespace netctl {
namespace {

struct Options {
  uint8_t interface = 0;
  std::string file;  // empty: lines of text
  uint32_t count = 0;
  uint16_t snaplen = protocol::kMaxFrame;
  base::Duration duration{};
};

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != stdout) {
      std::fclose(file);
    }
  }
};

// The board's clock starts at its reset; the capture's at 1970. The first frame ties them together.
class WallClock {
 public:
  uint64_t ToNanoseconds(uint64_t board_us) {
    if (!known_) {
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      offset_us_ = static_cast<uint64_t>(
                       std::chrono::duration_cast<std::chrono::microseconds>(now).count()) -
                   board_us;
      known_ = true;
    }
    return (board_us + offset_us_) * 1000;
  }

 private:
  bool known_ = false;
  uint64_t offset_us_ = 0;
};

class Capture {
 public:
  Capture(Context& context, const Options& options) : context_(context), options_(options) {}

  ExitCode Run() {
    if (const auto opened = Open(); !opened) {
      return context_.report.Fail(opened.error());
    }
    auto job = context_.client.StartJob<protocol::CaptureFrames>(
        {.interface = options_.interface, .snaplen = options_.snaplen});
    if (!job) {
      return context_.report.Fail(job.error());
    }
    context_.report.Note("capturing on eth{}, end with Ctrl-C", options_.interface);
    if (const auto drained = Drain(*job); !drained) {
      return context_.report.Fail(drained.error());
    }
    if (writer_) {
      writer_->Finish(totals_.received, totals_.dropped, clock_.ToNanoseconds(last_us_));
    }
    context_.report.Note("{} frames captured, {} dropped by the board", frames_, totals_.dropped);
    return ExitCode::kOk;
  }

 private:
  Expected<void> Open() {
    if (options_.file.empty()) {
      context_.report.Stream("netctl.capture/1");
      return {};
    }
    if (options_.file == "-" && ::isatty(STDOUT_FILENO) != 0) {
      return Fail(ExitCode::kUsage, "capture data would go to the terminal",
                  "netctl capture -w - | tshark -r -, or -w FILE.pcapng");
    }
    file_.reset(options_.file == "-" ? stdout : std::fopen(options_.file.c_str(), "wb"));
    if (!file_) {
      return Fail(ExitCode::kUsage,
                  fmt::format("cannot write {}: {}", options_.file, std::strerror(errno)));
    }
    const auto info = context_.client.Call<protocol::GetInfo>();
    if (!info) {
      return std::unexpected(info.error());
    }
    if (options_.interface >= info->interfaces.size()) {
      return Fail(ExitCode::kUsage,
                  fmt::format("the board has no interface eth{}", options_.interface));
    }
    const protocol::InterfaceInfo& interface = info->interfaces[options_.interface];
    writer_ = std::make_unique<PcapngWriter>(
        file_.get(),
        CaptureInterface{.name = fmt::format("{}", interface.name),
                         .description = fmt::format("{} on {}", interface.driver, info->board),
                         .mac = interface.mac,
                         .speed_bits = interface.link.speed_mbit * uint64_t{1'000'000},
                         .snaplen = options_.snaplen},
        "netctl");
    return {};
  }

  bool Enough() const { return options_.count != 0 && frames_ >= options_.count; }

  Expected<void> Drain(Job& job) {
    const base::Instant end =
        options_.duration.count() == 0 ? base::kNever : Now() + options_.duration;
    bool cancelled = false;
    while (true) {
      if (!cancelled && (Enough() || Now() >= end || Interrupted())) {
        if (const auto cancel = job.Cancel(); !cancel) {
          return cancel;
        }
        cancelled = true;
      }
      if (!job.has_event() && !cancelled) {
        const auto waited =
            context_.client.Wait(base::Earlier(end, Now() + std::chrono::milliseconds(200)));
        if (!waited) {
          return std::unexpected(waited.error());
        }
        if (!job.has_event()) {
          continue;
        }
      }
      const auto event = job.Next();
      if (!event) {
        return std::unexpected(event.error());
      }
      if (!*event) {
        return {};
      }
      if (const auto taken = Take(**event); !taken) {
        return taken;
      }
    }
  }

  Expected<void> Take(const JobEvent& event) {
    if (const auto totals = event.As<protocol::CaptureEnd>()) {
      totals_ = *totals;
      return {};
    }
    const auto frame = event.As<protocol::FrameCaptured>();
    if (!frame || Enough()) {
      return {};
    }
    ++frames_;
    last_us_ = frame->time_us;
    const bool outbound = frame->direction == protocol::FrameDirection::kTransmit;
    if (!writer_) {
      context_.report.Event("frame", *frame);
      context_.report.Line("{:12.6f} {} {}", static_cast<double>(frame->time_us) / 1e6,
                           outbound ? "TX" : "RX",
                           FrameText(frame->data.span(), frame->original_size));
      return {};
    }
    writer_->Write({.time_ns = clock_.ToNanoseconds(frame->time_us),
                    .outbound = outbound,
                    .original_size = frame->original_size,
                    .dropped = frame->dropped - dropped_before_,
                    .data = frame->data.span()});
    dropped_before_ = frame->dropped;
    if (!writer_->ok()) {
      return Fail(ExitCode::kFailed,
                  fmt::format("cannot write {}: {}", options_.file, std::strerror(errno)));
    }
    return {};
  }

  Context& context_;
  const Options& options_;
  std::unique_ptr<std::FILE, CloseFile> file_;
  std::unique_ptr<PcapngWriter> writer_;
  WallClock clock_;
  protocol::CaptureTotals totals_;
  uint32_t frames_ = 0;
  uint32_t dropped_before_ = 0;
  uint64_t last_us_ = 0;
};

}  // namespace

Runner BindCapture(CLI::App& app) {
  auto options = std::make_shared<Options>();
  AddInterface(app, options->interface);
  AddText(app, "-w,--write", options->file,
          "pcapng file, '-' for stdout (default: a line for each frame)", "FILE");
  AddNumber(app, "-c,--count", options->count, "end after so many frames", 1);
  AddNumber(app, "-s,--snaplen", options->snaplen, "bytes kept of each frame (default 1514)", 14,
            protocol::kMaxFrame);
  AddParsed(app, "-d,--duration", options->duration, "end after this time");
  return [options](Context& context) { return Capture(context, *options).Run(); };
}

}  // namespace netctl
