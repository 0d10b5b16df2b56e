// The parts of a terminal: the user's tty, and what becomes of the board's text.
#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <asm/termbits.h>

#include "host-cli/error.h"
#include "host-cli/report.h"

namespace netctl {

// The user's terminal passes every key on, until this object goes. No effect where stdin is none.
class RawTerminal {
 public:
  RawTerminal();
  ~RawTerminal();
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;
  bool active() const { return saved_.has_value(); }

 private:
  std::optional<termios> saved_;
};

// Writes the board's text to stdout and to a log file, with time stamps where wanted.
class ConsoleOutput {
 public:
  struct Options {
    bool timestamps = false;
    std::string log_file;    // empty: none
    bool log_strip = false;  // without escape sequences
    std::string until;       // done() once this text came
  };
  // kUsage when the log cannot be written.
  static Expected<std::unique_ptr<ConsoleOutput>> Open(const Options& options, Report& report);
  ~ConsoleOutput();

  void Text(std::string_view text);
  bool done() const { return done_; }

 private:
  ConsoleOutput(const Options& options, Report& report) : options_(options), report_(report) {}
  void Show(std::string_view text);
  void Log(std::string_view text);
  void LookFor(std::string_view text);

  Options options_;
  Report& report_;
  std::FILE* log_ = nullptr;
  bool line_start_ = true;
  std::string line_;    // of JSON output: what waits for its end
  std::string recent_;  // what `until` is searched in
  bool done_ = false;
  bool in_escape_ = false;  // of log_strip
};

// Ctrl-T is the prefix, as in tio: q quits, ? helps, Ctrl-T sends itself.
class KeyFilter {
 public:
  enum class Action : uint8_t { kNone, kQuit, kHelp };
  // Takes what was typed; `out` gets what is for the board.
  Action Push(std::string_view typed, std::string& out);

 private:
  bool prefix_ = false;
};

}  // namespace netctl
