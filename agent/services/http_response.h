// The head of an HTTP/1.1 response, line by line, as a client reads it (RFC 9112 4, 6.3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/services/http_message.h"
#include "stack/base/bounded.h"
#include "stack/base/result.h"

namespace agent {

enum class HttpBodyKind : uint8_t { kNone, kLength, kChunked, kUntilClose };

// Takes the lines of a head without their ends.
class HttpResponseHead {
 public:
  static constexpr size_t kMaxContentType = 128;
  static constexpr size_t kMaxLocation = 256;
  static constexpr size_t kMaxFields = 128;

  // "HTTP/1.x CODE reason". kDataLoss: anything else.
  base::Status SetStatusLine(std::string_view line);

  // kDataLoss: malformed, a length that cannot be trusted (HttpFraming::Add), or more than
  // kMaxFields. kUnimplemented: a transfer coding other than "chunked".
  base::Status AddField(std::string_view line);

  // A field whose line was too long and was cut off; `beginning` is what there is. Nothing depends
  // on the end of most fields. kDataLoss: of this one the length of the body depends, or it is
  // malformed.
  base::Status AddCutField(std::string_view beginning);

  // 1xx: another head follows (RFC 9110 15.2).
  bool is_interim() const { return code_ < 200; }
  // Makes room for that head.
  void Reset() { *this = HttpResponseHead(); }

  uint16_t code() const { return code_; }
  HttpBodyKind body() const;
  uint64_t length() const { return framing_.length(); }  // of the body, where body() is kLength
  std::string_view content_type() const { return content_type_.view(); }
  std::string_view location() const { return location_.view(); }

 private:
  uint16_t code_ = 0;
  uint8_t fields_ = 0;
  HttpFraming framing_;
  base::Text<kMaxContentType> content_type_;
  base::Text<kMaxLocation> location_;
};

}  // namespace agent
