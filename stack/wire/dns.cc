#include "stack/wire/dns.h"

#include <algorithm>

namespace wire {
namespace {

using base::Status;

constexpr uint8_t kPointerMask = 0xc0;
constexpr size_t kPointerSize = 2;

constexpr char ToLower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// One label more. False: the name gets too long, or the label has a dot in it, which as text would
// be two labels and make another name look like ours.
bool AppendLabel(DnsName& name, base::ConstByteSpan label) {
  if (std::ranges::find(label, std::byte{'.'}) != label.end()) {
    return false;
  }
  if (name.size() + (name.empty() ? 0 : 1) + label.size() > kDnsMaxName) {
    return false;
  }
  if (!name.empty()) {
    name.Append('.');
  }
  for (const std::byte byte : label) {
    name.Append(ToLower(static_cast<char>(byte)));
  }
  return true;
}

}  // namespace

base::Result<DnsName> MakeDnsName(std::string_view text) {
  if (text.ends_with('.')) {
    text.remove_suffix(1);
  }
  if (text.empty() || text.size() > kDnsMaxName) {
    return std::unexpected(Status::kInvalidArgument);
  }
  DnsName name;
  size_t label = 0;
  for (const char c : text) {
    if (c == '.' ? label == 0 : label == kDnsMaxLabel) {
      return std::unexpected(Status::kInvalidArgument);
    }
    label = c == '.' ? 0 : label + 1;
    name.Append(ToLower(c));
  }
  if (label == 0) {
    return std::unexpected(Status::kInvalidArgument);
  }
  return name;
}

base::Result<size_t> WriteDnsName(const DnsName& name, base::ByteSpan out) {
  const size_t size = name.size() + 2;  // a length in front, one for each dot, and the root
  if (out.size() < size) {
    return std::unexpected(Status::kResourceExhausted);
  }
  size_t length_at = 0;
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '.') {
      out[length_at] = static_cast<std::byte>(i - length_at);
      length_at = i + 1;
    } else {
      out[i + 1] = static_cast<std::byte>(name[i]);
    }
  }
  out[length_at] = static_cast<std::byte>(name.size() - length_at);
  out[size - 1] = std::byte{0};
  return size;
}

// Every pointer leads in front of the place where the name, or the piece that the last pointer led
// to, began: so it ends.
base::Result<DnsName> ReadDnsName(base::ConstByteSpan message, size_t& offset) {
  DnsName name;
  size_t at = offset;
  size_t piece = offset;
  size_t end = 0;  // behind the name where it was first met, once a pointer was followed
  while (at < message.size()) {
    const auto length = static_cast<uint8_t>(message[at]);
    if (length == 0) {
      offset = end != 0 ? end : at + 1;
      return name;
    }
    if ((length & kPointerMask) == kPointerMask) {
      if (message.size() - at < kPointerSize) {
        break;
      }
      const size_t target = base::LoadBe16(message.data() + at) & 0x3fff;
      if (target < kDnsHeaderSize || target >= piece) {
        break;
      }
      end = end != 0 ? end : at + kPointerSize;
      at = target;
      piece = target;
      continue;
    }
    if ((length & kPointerMask) != 0 || message.size() - at - 1 < length ||
        !AppendLabel(name, message.subspan(at + 1, length))) {
      break;
    }
    at += size_t{1} + length;
  }
  return std::unexpected(Status::kDataLoss);
}

}  // namespace wire
