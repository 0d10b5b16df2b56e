// What a command says. Data goes to stdout, as text or (--json) as one object; messages go to
// stderr.
//
//   Report& report = context.report();
//   report.Object("netctl.link/1");              // names the JSON object
//   report.Value("state", link.state);           // a line of text, a member of the object
//   report.Line("{} octets", octets);            // text only
//   report.Set("registers", registers);          // JSON only
//
// A command that goes on for long calls Stream() instead of Object(), and Event() for each step:
// with --json these are lines {"event":"start|...|error|end","data":{...}}, one "start" and one
// "end" each; Start() and Set() say more in these two.
#pragma once

#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "host-cli/error.h"
#include "host-cli/json.h"
#include "host-cli/table.h"

namespace netctl {

struct ReportOptions {
  bool json = false;
  bool quiet = false;          // no Note(), no progress
  bool color = false;          // of stdout
  bool error_color = false;    // of stderr
  bool show_progress = false;  // stderr is a terminal
};

// Where text ends up; tests put their own here.
struct ReportOutput {
  std::function<void(std::string_view)> out;
  std::function<void(std::string_view)> err;
};
// File descriptors 1 and 2. A reader of stdout that went away ends the process quietly.
ReportOutput StandardOutput();

class Report {
 public:
  Report(const ReportOptions& options, ReportOutput output);

  bool json() const { return options_.json; }
  bool quiet() const { return options_.quiet; }

  // Begins the command's one JSON object, {"schema":schema}. No effect on text.
  void Object(std::string_view schema);
  // As Object, but for JSON Lines.
  void Stream(std::string_view schema);

  // JSON member `key`; of a stream's "end".
  template <typename T>
  void Set(std::string_view key, const T& value) {
    SetMember(key, ToJson(value));
  }
  // Every member of `object` as Set does: a struct with kFields, or a JSON object.
  template <typename T>
  void SetMembers(const T& object) {
    document_.update(ToJson(object));
  }
  // JSON member `key`, and in text "key  value" (underscores as blanks). `text` replaces the text
  // of the value.
  template <typename T>
  void Value(std::string_view key, const T& value, std::string_view text = {},
             Style style = Style::kPlain) {
    ShowMember(key, ToJson(value), text, style);
  }
  // Every member of a struct with kFields as Value does; nested structs with dotted labels in text.
  template <base::Described T>
  void Fields(const T& object) {
    ShowMembers(ToJson(object));
  }

  // One line of text on stdout; nothing with --json.
  template <typename... T>
  void Line(fmt::format_string<T...> format, T&&... arguments) {
    if (!options_.json) {
      WriteLine(fmt::format(format, std::forward<T>(arguments)...));
    }
  }
  void Print(const Table& table);
  // A heading above the following lines; text only.
  void Heading(std::string_view text);

  // More members for the "start" of a stream, before its first Event().
  template <typename T>
  void Start(const T& data) {
    start_.update(ToJson(data));
  }
  // A step of a stream: a JSON line at once; nothing in text mode and without Stream().
  template <typename T>
  void Event(std::string_view event, const T& data) {
    if (options_.json && stream_) {
      WriteEvent(event, ToJson(data));
    }
  }

  // For the user's eyes, on stderr; not with -q.
  template <typename... T>
  void Note(fmt::format_string<T...> format, T&&... arguments) {
    WriteNote(fmt::format(format, std::forward<T>(arguments)...));
  }
  // "netctl: warning: ..." on stderr, also with -q.
  template <typename... T>
  void Warn(fmt::format_string<T...> format, T&&... arguments) {
    WriteWarning(fmt::format(format, std::forward<T>(arguments)...));
  }

  // Bytes for stdout as they are, for commands whose output is a file.
  void Raw(std::string_view bytes) { output_.out(bytes); }

  // Records `error` for Finish and returns its exit code: return report.Fail(error);
  ExitCode Fail(const Error& error);
  bool failed() const { return error_.has_value(); }

  // Writes what is still due: the JSON object or the end of the stream; the error on stderr. Called
  // once, by main.
  void Finish(ExitCode code);

  // `text` in colours, where stdout shows them.
  std::string Paint(Style style, std::string_view text) const;

 private:
  friend class Progress;

  static std::string Plain(const Json& value);
  // "uptime" of "uptime_us".
  static std::string_view WithoutUnit(std::string_view key);
  void Labelled(std::string_view key, std::string_view text, Style style);
  void LabelledMembers(const std::string& prefix, const Json& object);
  void SetMember(std::string_view key, Json value);
  void ShowMember(std::string_view key, Json value, std::string_view text, Style style);
  void ShowMembers(const Json& object);
  void WriteLine(std::string_view text);
  void WriteStart();
  void WriteEvent(std::string_view event, const Json& data);
  void WriteNote(std::string_view text);
  void WriteWarning(std::string_view text);
  void WriteError(const Error& error);

  ReportOptions options_;
  ReportOutput output_;
  Json document_ = Json::object();
  bool stream_ = false;
  Json start_ = Json::object();  // of a stream; empty once written
  std::optional<Error> error_;
  class Progress* progress_ = nullptr;  // a line on stderr that must go before others come
};

}  // namespace netctl
