#include "agent/services/http_message.h"

#include <algorithm>

namespace agent {
namespace {

constexpr char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsBlank(char c) { return c == ' ' || c == '\t'; }

constexpr bool IsTokenChar(char c) {
  const char lower = Lower(c);
  return IsDigit(c) || (lower >= 'a' && lower <= 'z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// HTAB, SP, visible ASCII and bytes above (RFC 9110 5.5).
constexpr bool IsFieldChar(char c) {
  const auto code = static_cast<uint8_t>(c);
  return code == '\t' || (code >= 0x20 && code != 0x7f);
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && IsBlank(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

constexpr int HexValue(char c) {
  const char lower = Lower(c);
  if (IsDigit(c)) {
    return c - '0';
  }
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, Lower, Lower);
}

bool IsHttpToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, IsTokenChar);
}

base::Result<HttpField> ParseHttpField(std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) {
    return std::unexpected(base::Status::kDataLoss);
  }
  const HttpField field{line.substr(0, colon), Trim(line.substr(colon + 1))};
  if (!IsHttpToken(field.name) || !std::ranges::all_of(field.value, IsFieldChar)) {
    return std::unexpected(base::Status::kDataLoss);
  }
  return field;
}

base::Result<uint64_t> ParseHttpLength(std::string_view text) {
  uint64_t value = 0;
  for (const char c : text) {
    if (!IsDigit(c)) {
      return std::unexpected(base::Status::kDataLoss);
    }
    value = value * 10 + static_cast<uint64_t>(c - '0');
    if (value > kMaxHttpLength) {
      return std::unexpected(base::Status::kDataLoss);
    }
  }
  if (text.empty()) {
    return std::unexpected(base::Status::kDataLoss);
  }
  return value;
}

base::Result<uint64_t> ParseHttpChunkSize(std::string_view line) {
  const std::string_view digits = Trim(line.substr(0, line.find(';')));
  uint64_t value = 0;
  for (const char c : digits) {
    const int digit = HexValue(c);
    if (digit < 0) {
      return std::unexpected(base::Status::kDataLoss);
    }
    value = value * 16 + static_cast<uint64_t>(digit);
    if (value > kMaxHttpLength) {
      return std::unexpected(base::Status::kDataLoss);
    }
  }
  if (digits.empty()) {
    return std::unexpected(base::Status::kDataLoss);
  }
  return value;
}

base::Status HttpFraming::Add(const HttpField& field) {
  if (EqualsIgnoringCase(field.name, "content-length")) {
    return AddLength(field.value);
  }
  if (EqualsIgnoringCase(field.name, "transfer-encoding")) {
    return AddCoding(field.value);
  }
  return base::Status::kOk;
}

base::Status HttpFraming::AddLength(std::string_view value) {
  const base::Result<uint64_t> length = ParseHttpLength(value);
  if (!length || chunked_ || (has_length_ && *length != length_)) {
    return base::Status::kDataLoss;
  }
  has_length_ = true;
  length_ = *length;
  return base::Status::kOk;
}

base::Status HttpFraming::AddCoding(std::string_view value) {
  if (has_length_ || chunked_) {
    return base::Status::kDataLoss;
  }
  if (!EqualsIgnoringCase(value, "chunked")) {
    return base::Status::kUnimplemented;
  }
  chunked_ = true;
  return base::Status::kOk;
}

}  // namespace agent
