#include "host-cli/console.h"

#include <cerrno>
#include <chrono>
#include <system_error>

#include <asm/ioctls.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace netctl {
namespace {

constexpr size_t kLongestLine = 64 * 1024;
constexpr char kPrefix = 't' & 0x1f;

std::string TimeStamp() {
  const auto now =
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  return fmt::format("[{:%H:%M:%S}.{:03}] ",
                     fmt::localtime(std::chrono::system_clock::to_time_t(now)),
                     now.time_since_epoch().count() % 1000);
}

}  // namespace

RawTerminal::RawTerminal() {
  termios settings = {};
  if (::ioctl(STDIN_FILENO, TCGETS, &settings) != 0) {
    return;
  }
  saved_ = settings;
  settings.c_iflag &= ~static_cast<tcflag_t>(ICRNL | INLCR | IGNCR | IXON | ISTRIP | BRKINT);
  settings.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG | IEXTEN);
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  ::ioctl(STDIN_FILENO, TCSETS, &settings);
}

RawTerminal::~RawTerminal() {
  if (saved_) {
    ::ioctl(STDIN_FILENO, TCSETS, &*saved_);
  }
}

Expected<std::unique_ptr<ConsoleOutput>> ConsoleOutput::Open(const Options& options,
                                                             Report& report) {
  std::unique_ptr<ConsoleOutput> output(new ConsoleOutput(options, report));
  if (!options.log_file.empty()) {
    output->log_ = std::fopen(options.log_file.c_str(), "ae");
    if (output->log_ == nullptr) {
      return Fail(ExitCode::kUsage, fmt::format("cannot write {}: {}", options.log_file,
                                                std::generic_category().message(errno)));
    }
  }
  return output;
}

ConsoleOutput::~ConsoleOutput() {
  if (!line_.empty()) {
    report_.Event("text", Json{{"text", EscapeText(line_)}});
  }
  if (log_ != nullptr) {
    std::fclose(log_);
  }
}

void ConsoleOutput::Text(std::string_view text) {
  Show(text);
  Log(text);
  LookFor(text);
}

void ConsoleOutput::Show(std::string_view text) {
  if (!report_.json() && !options_.timestamps) {
    report_.Raw(text);
    return;
  }
  std::string out;
  for (const char c : text) {
    if (report_.json()) {
      if (c != '\n' && line_.size() < kLongestLine) {
        line_ += c;
        continue;
      }
      report_.Event("text",
                    Json{{"text", EscapeText(line_.substr(0, line_.find_last_not_of('\r') + 1))}});
      line_.clear();
      continue;
    }
    out += line_start_ ? TimeStamp() : "";
    out += c;
    line_start_ = c == '\n';
  }
  report_.Raw(out);
}

// Escape sequences as far as logs need it: ESC [ ... letter, ESC letter.
void ConsoleOutput::Log(std::string_view text) {
  if (log_ == nullptr) {
    return;
  }
  for (const char c : text) {
    if (!options_.log_strip) {
      std::fputc(c, log_);
    } else if (in_escape_) {
      in_escape_ = !((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'));
    } else if (c == '\x1b') {
      in_escape_ = true;
    } else if (c != '\r') {
      std::fputc(c, log_);
    }
  }
  std::fflush(log_);
}

void ConsoleOutput::LookFor(std::string_view text) {
  if (options_.until.empty()) {
    return;
  }
  recent_ += text;
  done_ = done_ || recent_.find(options_.until) != std::string::npos;
  if (recent_.size() > options_.until.size()) {
    recent_.erase(0, recent_.size() - options_.until.size());
  }
}

KeyFilter::Action KeyFilter::Push(std::string_view typed, std::string& out) {
  for (const char c : typed) {
    if (!prefix_ && c == kPrefix) {
      prefix_ = true;
      continue;
    }
    if (prefix_ && c == 'q') {
      return Action::kQuit;
    }
    if (prefix_ && c == '?') {
      prefix_ = false;
      return Action::kHelp;
    }
    prefix_ = false;
    out += c;
  }
  return Action::kNone;
}

}  // namespace netctl
