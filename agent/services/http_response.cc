#include "agent/services/http_response.h"

namespace agent {

base::Status HttpResponseHead::SetStatusLine(std::string_view line) {
  // A server may leave the reason out, and the space in front of it.
  const bool shape = line.size() >= 12 && line.starts_with("HTTP/1.") && line[8] == ' ' &&
                     (line.size() == 12 || line[12] == ' ');
  if (!shape) {
    return base::Status::kDataLoss;
  }
  const base::Result<uint64_t> code = ParseHttpLength(line.substr(9, 3));
  if (!code || *code < 100 || *code > 599) {
    return base::Status::kDataLoss;
  }
  code_ = static_cast<uint16_t>(*code);
  return base::Status::kOk;
}

base::Status HttpResponseHead::AddField(std::string_view line) {
  if (++fields_ > kMaxFields) {
    return base::Status::kDataLoss;
  }
  const base::Result<HttpField> field = ParseHttpField(line);
  if (!field) {
    return field.error();
  }
  if (EqualsIgnoringCase(field->name, "content-type")) {
    content_type_ = field->value;
  }
  if (EqualsIgnoringCase(field->name, "location")) {
    location_ = field->value;
  }
  return framing_.Add(*field);
}

base::Status HttpResponseHead::AddCutField(std::string_view beginning) {
  const base::Result<HttpField> field = ParseHttpField(beginning);
  if (!field || EqualsIgnoringCase(field->name, "content-length") ||
      EqualsIgnoringCase(field->name, "transfer-encoding")) {
    return base::Status::kDataLoss;
  }
  return AddField(beginning);
}

HttpBodyKind HttpResponseHead::body() const {
  if (is_interim() || code_ == 204 || code_ == 304) {
    return HttpBodyKind::kNone;
  }
  if (framing_.chunked()) {
    return HttpBodyKind::kChunked;
  }
  if (framing_.has_length()) {
    return framing_.length() == 0 ? HttpBodyKind::kNone : HttpBodyKind::kLength;
  }
  return HttpBodyKind::kUntilClose;
}

}  // namespace agent
