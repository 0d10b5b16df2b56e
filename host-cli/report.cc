#include "host-cli/report.h"

#include <cerrno>
#include <cstdlib>

#include <unistd.h>

#include "host-cli/progress.h"

namespace netctl {
namespace {

constexpr size_t kLabelWidth = 18;

void WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0 && fd == STDOUT_FILENO && errno == EPIPE) {
      ::_exit(0);  // "netctl ... | head": nobody reads on, and that is no failure
    }
    if (written <= 0) {
      return;
    }
    text.remove_prefix(static_cast<size_t>(written));
  }
}

std::string_view Escape(Style style) {
  switch (style) {
    case Style::kPlain:
      return "";
    case Style::kBold:
      return "\x1b[1m";
    case Style::kDim:
      return "\x1b[2m";
    case Style::kGood:
      return "\x1b[32m";
    case Style::kWarning:
      return "\x1b[33m";
    case Style::kBad:
      return "\x1b[31m";
  }
  return "";
}

std::string PaintIf(bool color, Style style, std::string_view text) {
  const std::string_view escape = Escape(style);
  if (!color || escape.empty() || text.empty()) {
    return std::string(text);
  }
  return std::string(escape) + std::string(text) + "\x1b[0m";
}

Json ErrorJson(const Error& error) {
  Json json = {{"code", ExitCodeWord(error.code)},
               {"exit_code", ToInt(error.code)},
               {"message", EscapeText(error.message)}};
  if (!error.hint.empty()) {
    json["hint"] = error.hint;
  }
  if (error.status) {
    json["status"] = base::StatusName(*error.status);
  }
  return json;
}

}  // namespace

ReportOutput StandardOutput() {
  return {.out = [](std::string_view text) { WriteAll(STDOUT_FILENO, text); },
          .err = [](std::string_view text) { WriteAll(STDERR_FILENO, text); }};
}

Report::Report(const ReportOptions& options, ReportOutput output)
    : options_(options), output_(std::move(output)) {}

void Report::Object(std::string_view schema) { document_["schema"] = schema; }

void Report::Stream(std::string_view schema) {
  stream_ = true;
  start_["schema"] = schema;
}

std::string Report::Plain(const Json& value) {
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (value.is_boolean()) {
    return value.get<bool>() ? "yes" : "no";
  }
  return value.dump();
}

std::string_view Report::WithoutUnit(std::string_view key) {
  for (const std::string_view unit : {"_us", "_ms", "_s", "_hz", "_bytes", "_mbit"}) {
    if (key.ends_with(unit)) {
      return key.substr(0, key.size() - unit.size());
    }
  }
  return key;
}

std::string Report::Paint(Style style, std::string_view text) const {
  return PaintIf(options_.color, style, text);
}

void Report::Labelled(std::string_view key, std::string_view text, Style style) {
  std::string label(key);
  for (char& c : label) {
    c = c == '_' ? ' ' : c;
  }
  output_.out(fmt::format("{:<{}} {}\n", label, kLabelWidth, Paint(style, text)));
}

void Report::LabelledMembers(const std::string& prefix, const Json& object) {
  for (const auto& [key, value] : object.items()) {
    if (value.is_object()) {
      LabelledMembers(prefix + key + ".", value);
    } else {
      Labelled(prefix + key, Plain(value), Style::kPlain);
    }
  }
}

void Report::SetMember(std::string_view key, Json value) {
  document_[std::string(key)] = std::move(value);
}

void Report::ShowMember(std::string_view key, Json value, std::string_view text, Style style) {
  if (!options_.json && text.empty()) {
    Labelled(key, Plain(value), style);
  } else if (!options_.json) {
    Labelled(WithoutUnit(key), text, style);
  }
  SetMember(key, std::move(value));
}

void Report::ShowMembers(const Json& object) {
  if (!options_.json) {
    LabelledMembers("", object);
  }
  document_.update(object);
}

void Report::WriteLine(std::string_view text) { output_.out(std::string(text) + "\n"); }

void Report::Print(const Table& table) {
  if (!options_.json) {
    output_.out(
        table.Format([this](Style style, std::string_view text) { return Paint(style, text); }));
  }
}

void Report::Heading(std::string_view text) {
  if (!options_.json) {
    output_.out(Paint(Style::kBold, text) + "\n");
  }
}

void Report::WriteStart() {
  if (!start_.empty()) {
    output_.out(Json{{"event", "start"}, {"data", start_}}.dump() + "\n");
    start_.clear();
  }
}

void Report::WriteEvent(std::string_view event, const Json& data) {
  WriteStart();
  output_.out(Json{{"event", event}, {"data", data}}.dump() + "\n");
}

void Report::WriteNote(std::string_view text) {
  if (options_.quiet) {
    return;
  }
  if (progress_ != nullptr) {
    progress_->Clear();
  }
  output_.err(std::string(text) + "\n");
}

void Report::WriteWarning(std::string_view text) {
  if (progress_ != nullptr) {
    progress_->Clear();
  }
  output_.err(fmt::format("netctl: {}: {}\n",
                          PaintIf(options_.error_color, Style::kWarning, "warning"), text));
}

ExitCode Report::Fail(const Error& error) {
  if (!error_) {
    error_ = error;
  }
  return error.code;
}

void Report::WriteError(const Error& error) {
  output_.err(fmt::format("netctl: {}: {}\n", PaintIf(options_.error_color, Style::kBad, "error"),
                          EscapeText(error.message)));
  if (!error.hint.empty()) {
    output_.err(fmt::format("netctl: {}: {}\n", PaintIf(options_.error_color, Style::kDim, "hint"),
                            error.hint));
  }
}

void Report::Finish(ExitCode code) {
  if (error_) {
    WriteError(*error_);
  }
  if (!options_.json) {
    return;
  }
  if (!stream_) {
    if (error_) {
      document_["error"] = ErrorJson(*error_);
    }
    if (!document_.empty()) {
      output_.out(document_.dump(2) + "\n");
    }
    return;
  }
  if (error_) {
    WriteEvent("error", ErrorJson(*error_));
  }
  document_["exit_code"] = ToInt(code);
  WriteEvent("end", document_);
}

}  // namespace netctl
