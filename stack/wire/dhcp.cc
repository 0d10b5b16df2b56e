#include "stack/wire/dhcp.h"

#include <algorithm>
#include <array>

namespace wire {
namespace {

constexpr size_t kBootFileSize = 128;
constexpr size_t kServerNameSize = 64;

}  // namespace

DhcpOptionReader::DhcpOptionReader(base::ConstByteSpan message)
    : message_(message), rest_(message.subspan(kDhcpHeaderSize)) {}

std::optional<DhcpOption> DhcpOptionReader::Next() {
  while (true) {
    if (rest_.empty() || rest_[0] == std::byte{kDhcpEnd}) {
      if (!NextField()) {
        return std::nullopt;
      }
      continue;
    }
    const auto code = static_cast<uint8_t>(rest_[0]);
    if (code == kDhcpPad) {
      rest_ = rest_.subspan(1);
      continue;
    }
    if (rest_.size() < 2 || rest_.size() < size_t{2} + static_cast<size_t>(rest_[1])) {
      malformed_ = true;
      rest_ = {};
      fields_left_ = 0;
      return std::nullopt;
    }
    const auto value = rest_.subspan(2, static_cast<size_t>(rest_[1]));
    rest_ = rest_.subspan(2 + value.size());
    if (code != kDhcpOverload) {
      return DhcpOption{code, value};
    }
    // Believed once, so that fields cannot send the reader back and forth.
    if (!overload_seen_ && value.size() == 1) {
      fields_left_ = static_cast<uint8_t>(value[0]) & 3;
    }
    overload_seen_ = true;
  }
}

// RFC 2131 4.1: the options field first, then file, then sname.
bool DhcpOptionReader::NextField() {
  if ((fields_left_ & 1) != 0) {
    fields_left_ &= 2;
    rest_ = message_.subspan(kDhcpBootFileOffset, kBootFileSize);
    return true;
  }
  if ((fields_left_ & 2) != 0) {
    fields_left_ = 0;
    rest_ = message_.subspan(kDhcpServerNameOffset, kServerNameSize);
    return true;
  }
  rest_ = {};
  return false;
}

void DhcpOptionWriter::Add(uint8_t code, base::ConstByteSpan value) {
  if (value.size() > 255 || out_.size() - size_ < 2 + value.size()) {
    overflowed_ = true;
    return;
  }
  out_[size_] = std::byte{code};
  out_[size_ + 1] = static_cast<std::byte>(value.size());
  std::ranges::copy(value, out_.begin() + static_cast<std::ptrdiff_t>(size_ + 2));
  size_ += 2 + value.size();
}

void DhcpOptionWriter::AddByte(uint8_t code, uint8_t value) {
  const std::byte byte{value};
  Add(code, {&byte, 1});
}

void DhcpOptionWriter::AddU16(uint8_t code, uint16_t value) {
  std::array<std::byte, 2> bytes;
  base::StoreBe16(bytes.data(), value);
  Add(code, bytes);
}

void DhcpOptionWriter::AddAddress(uint8_t code, base::Ipv4Address value) {
  std::array<std::byte, 4> bytes;
  base::StoreBe32(bytes.data(), value.value);
  Add(code, bytes);
}

void DhcpOptionWriter::End() {
  if (size_ == out_.size()) {
    overflowed_ = true;
    return;
  }
  out_[size_++] = std::byte{kDhcpEnd};
}

}  // namespace wire
