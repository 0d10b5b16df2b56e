// The parts of HTTP/1.1 messages that both ends read (RFC 9112, RFC 9110). Pure functions over one
// line at a time; what they refuse, they refuse for everybody.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "stack/base/result.h"

namespace agent {

// ASCII letters of either case are equal.
bool EqualsIgnoringCase(std::string_view a, std::string_view b);

// RFC 9110 5.6.2: at least one tchar and nothing else.
bool IsHttpToken(std::string_view text);

struct HttpField {
  std::string_view name;
  std::string_view value;  // without the whitespace around it
};

// One header or trailer line. kDataLoss: no colon, a name that is no token (so also whitespace
// before the colon, RFC 9112 5.1), a folded line (5.2), or a control character in the value.
base::Result<HttpField> ParseHttpField(std::string_view line);

// Longest body or chunk that is believed; one more digit of either radix fits 64 bits.
inline constexpr uint64_t kMaxHttpLength = uint64_t{1} << 59;

// Digits only. kDataLoss: anything else, or more than kMaxHttpLength.
base::Result<uint64_t> ParseHttpLength(std::string_view text);

// RFC 9112 7.1: the size in hexadecimal, extensions behind ';' ignored. kDataLoss: no digits,
// anything else, or more than kMaxHttpLength.
base::Result<uint64_t> ParseHttpChunkSize(std::string_view line);

// What the fields of one message say about the length of its body (RFC 9112 6).
class HttpFraming {
 public:
  // Looks at Content-Length and Transfer-Encoding, lets the others pass. kDataLoss: a length that
  // is no number, two lengths that differ, or a length beside a coding: whoever forwarded such a
  // message may have seen another end of it (RFC 9112 6.3). kUnimplemented: a coding other than
  // "chunked".
  base::Status Add(const HttpField& field);

  bool has_length() const { return has_length_; }
  uint64_t length() const { return length_; }
  bool chunked() const { return chunked_; }

 private:
  base::Status AddLength(std::string_view value);
  base::Status AddCoding(std::string_view value);

  bool has_length_ = false;
  bool chunked_ = false;
  uint64_t length_ = 0;
};

}  // namespace agent
