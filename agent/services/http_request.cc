#include "agent/services/http_request.h"

#include <algorithm>
#include <array>

namespace agent {
namespace {

constexpr std::array<std::string_view, 7> kOtherMethods = {"POST",    "PUT",   "DELETE", "OPTIONS",
                                                           "CONNECT", "TRACE", "PATCH"};

int HexDigit(char c) {
  const base::Result<uint64_t> value = ParseHttpChunkSize({&c, 1});
  return value ? static_cast<int>(*value) : -1;
}

// The character at the front of `text`, which shrinks by it; -1 when it is not one.
int TakeCharacter(std::string_view& text) {
  const char first = text.front();
  text.remove_prefix(1);
  if (first != '%') {
    return static_cast<uint8_t>(first);
  }
  if (text.size() < 2) {
    return -1;
  }
  const int high = HexDigit(text[0]);
  const int low = HexDigit(text[1]);
  text.remove_prefix(2);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool HasDotSegment(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);  // the '/'
    const std::string_view segment = path.substr(0, path.find('/'));
    if (segment == "." || segment == "..") {
      return true;
    }
    path.remove_prefix(segment.size());
  }
  return false;
}

}  // namespace

std::string_view HttpReason(HttpStatus status) {
  switch (status) {
    case HttpStatus::kOk:
      return "OK";
    case HttpStatus::kBadRequest:
      return "Bad Request";
    case HttpStatus::kNotFound:
      return "Not Found";
    case HttpStatus::kMethodNotAllowed:
      return "Method Not Allowed";
    case HttpStatus::kRequestTimeout:
      return "Request Timeout";
    case HttpStatus::kContentTooLarge:
      return "Content Too Large";
    case HttpStatus::kUriTooLong:
      return "URI Too Long";
    case HttpStatus::kHeaderFieldsTooLarge:
      return "Request Header Fields Too Large";
    case HttpStatus::kNotImplemented:
      return "Not Implemented";
    case HttpStatus::kVersionNotSupported:
      return "HTTP Version Not Supported";
  }
  return "";
}

HttpStatus HttpRequestHead::SetRequestLine(std::string_view line) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return HttpStatus::kBadRequest;
  }
  const std::string_view target = line.substr(first + 1, last - first - 1);
  for (const HttpStatus status :
       {SetVersion(line.substr(last + 1)), SetMethod(line.substr(0, first)), SetTarget(target)}) {
    if (status != HttpStatus::kOk) {
      return status;
    }
  }
  return HttpStatus::kOk;
}

HttpStatus HttpRequestHead::SetMethod(std::string_view method) {
  if (!IsHttpToken(method)) {
    return HttpStatus::kBadRequest;
  }
  head_only_ = method == "HEAD";
  if (head_only_ || method == "GET") {
    return HttpStatus::kOk;
  }
  const bool known = std::ranges::find(kOtherMethods, method) != kOtherMethods.end();
  return known ? HttpStatus::kMethodNotAllowed : HttpStatus::kNotImplemented;
}

// Origin form, or absolute form as from a proxy (RFC 9112 3.2.2); the authority is not looked at.
HttpStatus HttpRequestHead::SetTarget(std::string_view target) {
  constexpr std::string_view kScheme = "http://";
  if (EqualsIgnoringCase(target.substr(0, kScheme.size()), kScheme)) {
    target.remove_prefix(kScheme.size());
    const size_t slash = target.find_first_of("/?");
    target = slash == std::string_view::npos ? "" : target.substr(slash);
    if (target.empty() || target.front() == '?') {
      return SetPath("/");
    }
  }
  if (target.empty() || target.front() != '/') {
    return HttpStatus::kBadRequest;
  }
  return SetPath(target.substr(0, target.find('?')));
}

HttpStatus HttpRequestHead::SetPath(std::string_view escaped) {
  while (!escaped.empty()) {
    const int character = TakeCharacter(escaped);
    if (character <= ' ' || character == 0x7f) {
      return HttpStatus::kBadRequest;
    }
    if (!path_.Append(static_cast<char>(character))) {
      return HttpStatus::kUriTooLong;
    }
  }
  return HasDotSegment(path()) ? HttpStatus::kBadRequest : HttpStatus::kOk;
}

HttpStatus HttpRequestHead::SetVersion(std::string_view version) {
  if (version.size() != 8 || !version.starts_with("HTTP/") || version[6] != '.' ||
      version[7] < '0' || version[7] > '9') {
    return HttpStatus::kBadRequest;
  }
  if (version[5] != '1') {
    return HttpStatus::kVersionNotSupported;
  }
  needs_host_ = version[7] != '0';
  return HttpStatus::kOk;
}

HttpStatus HttpRequestHead::AddField(std::string_view line) {
  if (++fields_ > kMaxFields) {
    return HttpStatus::kHeaderFieldsTooLarge;
  }
  const base::Result<HttpField> field = ParseHttpField(line);
  if (!field) {
    return HttpStatus::kBadRequest;
  }
  if (EqualsIgnoringCase(field->name, "host")) {
    if (has_host_) {
      return HttpStatus::kBadRequest;
    }
    has_host_ = true;
  }
  switch (framing_.Add(*field)) {
    case base::Status::kOk:
      return HttpStatus::kOk;
    case base::Status::kUnimplemented:
      return HttpStatus::kNotImplemented;
    default:
      return HttpStatus::kBadRequest;
  }
}

HttpStatus HttpRequestHead::Finish() const {
  if (needs_host_ && !has_host_) {
    return HttpStatus::kBadRequest;
  }
  const bool has_body = framing_.chunked() || framing_.length() != 0;
  return has_body ? HttpStatus::kContentTooLarge : HttpStatus::kOk;
}

}  // namespace agent
