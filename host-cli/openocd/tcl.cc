#include "host-cli/openocd/tcl.h"

namespace netctl {
namespace {

bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

// What a backslash and `c` behind it mean.
char Unescaped(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case 'v':
      return '\v';
    case 'f':
      return '\f';
    default:
      return c;
  }
}

// Each takes its element from the front of `text`, whose first character it has looked at.
std::optional<std::string> TakeBraced(std::string_view& text) {
  size_t depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '{') {
      ++depth;
    } else if (text[i] == '}' && --depth == 0) {
      std::string element(text.substr(1, i - 1));
      text.remove_prefix(i + 1);
      return element;
    }
  }
  return std::nullopt;
}

std::optional<std::string> TakeWord(std::string_view& text) {
  const bool quoted = text[0] == '"';
  std::string element;
  size_t i = quoted ? 1 : 0;
  for (; i < text.size() && (quoted ? text[i] != '"' : !IsBlank(text[i])); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      element += Unescaped(text[++i]);
    } else {
      element += text[i];
    }
  }
  if (quoted && i == text.size()) {
    return std::nullopt;
  }
  text.remove_prefix(quoted ? i + 1 : i);
  return element;
}

}  // namespace

std::string TclQuote(std::string_view word) {
  std::string quoted = "\"";
  for (const char c : word) {
    switch (c) {
      case '\n':
        quoted += "\\n";
        break;
      case '\x1a':  // would end the command
        quoted += "\\x1a";
        break;
      case '"':
      case '\\':
      case '$':
      case '[':
      case ']':
      case '{':
      case '}':
        quoted += '\\';
        [[fallthrough]];
      default:
        quoted += c;
    }
  }
  return quoted + '"';
}

std::optional<std::vector<std::string>> ParseTclList(std::string_view text) {
  std::vector<std::string> elements;
  while (true) {
    while (!text.empty() && IsBlank(text[0])) {
      text.remove_prefix(1);
    }
    if (text.empty()) {
      return elements;
    }
    auto element = text[0] == '{' ? TakeBraced(text) : TakeWord(text);
    if (!element || (!text.empty() && !IsBlank(text[0]))) {
      return std::nullopt;
    }
    elements.push_back(std::move(*element));
  }
}

}  // namespace netctl
