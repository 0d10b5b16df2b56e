// netctl console: what the board prints, and keys for it. Opens no session, so it works with any
// firmware; frames between the text are left out.
#include "host-cli/console.h"

#include <cerrno>
#include <memory>
#include <optional>

#include <poll.h>
#include <unistd.h>

#include "host-cli/broker/broker_port.h"
#include "host-cli/commands/binders.h"
#include "host-cli/interrupt.h"
#include "host-cli/message_source.h"
#include "host-cli/open_port.h"
#include "host-cli/options.h"
#include "protocol/frame.h"

namespace netctl {
namespace {

constexpr base::Duration kRetry = std::chrono::milliseconds(500);
// Text without an end of line, a prompt for example, is shown after this silence.
constexpr base::Duration kPromptDelay = std::chrono::milliseconds(50);
constexpr char kHelp[] = "\r\nCtrl-T q quits, Ctrl-T Ctrl-T sends Ctrl-T\r\n";

struct Options {
  ConsoleOutput::Options output;
  base::Duration duration{};
  bool pipe = false;
  bool no_reconnect = false;
};

// The text in a channel's bytes.
class TextReader : private protocol::TextSink {
 public:
  explicit TextReader(ConsoleOutput& output) : output_(output), decoder_(*this, stats_) {}

  void Push(base::ConstByteSpan bytes) {
    std::optional<protocol::Frame> frame;
    while (!bytes.empty()) {
      bytes = bytes.subspan(decoder_.Push(bytes, frame));
    }
  }
  void Flush() { decoder_.FlushText(); }
  bool has_text() const { return decoder_.has_text(); }

 private:
  void OnText(std::string_view text) override { output_.Text(text); }

  ConsoleOutput& output_;
  protocol::ChannelStats stats_;
  protocol::FrameDecoder decoder_;
};

class Console {
 public:
  Console(Context& context, const Options& options, ConsoleOutput& output)
      : context_(context), options_(options), output_(output), reader_(output) {
    limit_ = context.client.deadline();
    if (options.duration != base::Duration::zero()) {
      limit_ = std::min(limit_, Now() + options.duration);
    }
  }

  // Until quit, the end of stdin (--pipe), the limit, a signal, or a loss that is not waited out.
  Expected<void> RunChannel(const Target& target) {
    while (!Finished()) {
      const auto channel = OpenLockedChannel(target, context_.options, limit_);
      const auto served = channel ? Serve(**channel) : std::unexpected(channel.error());
      const bool opened_once = channel.has_value() || reconnecting_;
      if (served || options_.no_reconnect || !opened_once) {
        return served;
      }
      if (!reconnecting_) {
        context_.report.Note("\r\n{}; waiting for it (Ctrl-C ends that)", served.error().message);
      }
      reconnecting_ = true;
      std::vector<pollfd> nothing;
      PollUntil(nothing, std::min(limit_, Now() + kRetry));
    }
    return {};
  }

  Expected<void> RunBroker(MessagePort& port) {
    port.set_text_sink([this](std::string_view text) { output_.Text(text); });
    port.AskForBacklog();
    while (!Finished()) {
      pollfd keys{input_open_ ? STDIN_FILENO : -1, POLLIN, 0};
      const auto message = port.Receive(limit_, std::span(&keys, 1));
      if (!message) {
        return std::unexpected(message.error());
      }
      if (keys.revents != 0) {
        std::string ignored;
        ReadKeys(ignored);
      }
    }
    return {};
  }

 private:
  bool Finished() const { return quit_ || output_.done() || Interrupted() || Now() >= limit_; }

  Expected<void> Serve(Channel& channel) {
    const RawTerminal terminal;
    context_.report.Note("{}{}\r", channel.describe(),
                         terminal.active() ? ": Ctrl-T q quits, Ctrl-T ? helps" : "");
    reconnecting_ = false;
    std::string to_board;
    while (!Finished()) {
      if (const auto moved = Move(channel, to_board); !moved) {
        return moved;
      }
      std::vector<pollfd> fds{{input_open_ ? STDIN_FILENO : -1, POLLIN, 0}};
      channel.AddPollFds(fds, !to_board.empty());
      PollUntil(fds, reader_.has_text() ? Now() + kPromptDelay : limit_);
      const bool quiet = fds[1].revents == 0;
      if (quiet) {
        reader_.Flush();
      }
      if (fds[0].revents != 0) {
        ReadKeys(to_board);
      }
    }
    return {};
  }

  Expected<void> Move(Channel& channel, std::string& to_board) {
    std::array<std::byte, 4096> bytes;
    const auto size = channel.Read(bytes);
    if (!size) {
      return std::unexpected(size.error());
    }
    reader_.Push(base::ConstByteSpan(bytes).first(*size));
    const auto written = channel.Write(base::AsBytes(to_board));
    if (!written) {
      return std::unexpected(written.error());
    }
    to_board.erase(0, *written);
    return {};
  }

  void ReadKeys(std::string& to_board) {
    char bytes[1024];
    const ssize_t size = ::read(STDIN_FILENO, bytes, sizeof(bytes));
    if (size <= 0) {
      input_open_ = false;
      quit_ = options_.pipe;
      return;
    }
    const std::string_view typed(bytes, static_cast<size_t>(size));
    if (options_.pipe) {
      to_board += typed;
      return;
    }
    const KeyFilter::Action action = keys_.Push(typed, to_board);
    quit_ = action == KeyFilter::Action::kQuit;
    if (action == KeyFilter::Action::kHelp) {
      context_.report.Note("{}", kHelp);
    }
  }

  Context& context_;
  const Options& options_;
  ConsoleOutput& output_;
  TextReader reader_;
  KeyFilter keys_;
  base::Instant limit_;
  bool input_open_ = true;
  bool quit_ = false;
  bool reconnecting_ = false;
};

ExitCode Run(Context& context, const Options& options) {
  Report& report = context.report;
  report.Stream("netctl.console/1");
  const auto target = context.target();
  if (!target) {
    return report.Fail(target.error());
  }
  const auto output = ConsoleOutput::Open(options.output, report);
  if (!output) {
    return report.Fail(output.error());
  }
  const auto broker =
      BrokerPort::Attach(target->name, context.options.command, context.client.deadline(), {});
  if (!broker) {
    return report.Fail(broker.error());
  }
  Console console(context, options, **output);
  const auto ended = *broker != nullptr ? console.RunBroker(**broker) : console.RunChannel(*target);
  if (!ended) {
    return report.Fail(ended.error());
  }
  const bool missed = !options.output.until.empty() && !(*output)->done();
  if (missed && !Interrupted()) {
    return report.Fail(
        {ExitCode::kFailed, fmt::format("'{}' did not come", options.output.until), {}, {}});
  }
  if (Now() >= context.client.deadline()) {
    return report.Fail({ExitCode::kTimeout, "the command did not finish within --timeout", {}, {}});
  }
  return ExitCode::kOk;
}

}  // namespace

Runner BindConsole(CLI::App& app) {
  auto options = std::make_shared<Options>();
  AddFlag(app, "--timestamps", options->output.timestamps, "before every line");
  AddText(app, "--log", options->output.log_file, "append the text to FILE", "FILE");
  AddFlag(app, "--log-strip", options->output.log_strip, "without escape sequences in the log");
  AddText(app, "--until", options->output.until, "end once this text came; exit 1 without it");
  AddParsed(app, "--for", options->duration, "end after this time");
  AddFlag(app, "--pipe", options->pipe, "stdin as it is, no escape key; ends with stdin");
  AddFlag(app, "--no-reconnect", options->no_reconnect, "end when the channel is lost");
  return [options](Context& context) { return Run(context, *options); };
}

}  // namespace netctl
