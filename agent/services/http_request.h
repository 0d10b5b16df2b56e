// The head of an HTTP/1.1 request, line by line, as a server reads it (RFC 9112 3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/services/http_message.h"
#include "stack/base/bounded.h"

namespace agent {

// RFC 9110 15; those that this server sends.
enum class HttpStatus : uint16_t {
  kOk = 200,
  kBadRequest = 400,
  kNotFound = 404,
  kMethodNotAllowed = 405,
  kRequestTimeout = 408,
  kContentTooLarge = 413,
  kUriTooLong = 414,
  kHeaderFieldsTooLarge = 431,
  kNotImplemented = 501,
  kVersionNotSupported = 505,
};

// As RFC 9110 and RFC 6585 name it, for example "Not Found".
std::string_view HttpReason(HttpStatus status);

// Takes the lines of a head without their ends. kOk from each means "go on"; anything else is the
// answer to give, and the rest of the request is not looked at.
class HttpRequestHead {
 public:
  static constexpr size_t kMaxPath = 128;
  static constexpr size_t kMaxFields = 64;

  // kBadRequest: not METHOD SP target SP version, or a path that is not canonical: a bad or zero
  // percent escape, a control character, a segment "." or "..". kUriTooLong: a path of more than
  // kMaxPath bytes. kMethodNotAllowed, kNotImplemented: a method of RFC 9110 or RFC 5789 other than
  // GET and HEAD, an unknown one. kVersionNotSupported: not HTTP/1.x.
  HttpStatus SetRequestLine(std::string_view line);

  // kBadRequest: malformed, a second Host, or a length that cannot be trusted (HttpFraming::Add).
  // kNotImplemented: an unknown transfer coding. kHeaderFieldsTooLarge: more than kMaxFields.
  HttpStatus AddField(std::string_view line);

  // At the empty line. kBadRequest: HTTP/1.1 without Host (RFC 9112 3.2). kContentTooLarge: a body
  // comes, and no resource here takes one.
  HttpStatus Finish() const;

  bool head_only() const { return head_only_; }
  // Decoded, canonical, without the query.
  std::string_view path() const { return path_.view(); }

 private:
  HttpStatus SetMethod(std::string_view method);
  HttpStatus SetTarget(std::string_view target);
  HttpStatus SetPath(std::string_view escaped);
  HttpStatus SetVersion(std::string_view version);

  base::Text<kMaxPath> path_;
  bool head_only_ = false;
  bool needs_host_ = false;
  bool has_host_ = false;
  uint8_t fields_ = 0;
  HttpFraming framing_;
};

}  // namespace agent
