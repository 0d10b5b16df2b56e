#include "stack/sequential/tcp_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace stack {
namespace {

// How many bytes up to and including the first LF, and whether there is one.
std::pair<size_t, bool> FindLineEnd(base::ConstByteSpan bytes) {
  const void* const found = std::memchr(bytes.data(), '\n', bytes.size());
  if (found == nullptr) {
    return {bytes.size(), false};
  }
  return {static_cast<size_t>(static_cast<const std::byte*>(found) - bytes.data()) + 1, true};
}

}  // namespace

base::Result<base::ConstByteSpan> TcpReader::Peek() {
  // A part may be empty: of a chain, or a buffer that the peer's FIN came in.
  while (!pending_ || pending_.bytes().empty()) {
    if (pending_ && pending_.is_chain()) {
      pending_.TrimFront(0);
      continue;
    }
    base::Result<base::Pbuf> next = socket_.Receive();
    if (!next) {
      return std::unexpected(next.error());
    }
    pending_ = std::move(*next);
  }
  return pending_.bytes();
}

void TcpReader::Consume(size_t count) {
  pending_.TrimFront(count);
  if (pending_.bytes().empty() && !pending_.is_chain()) {
    pending_.Reset();
  }
}

base::Status TcpReader::TakeLine(std::span<char> line, size_t& used) {
  while (true) {
    const base::Result<base::ConstByteSpan> bytes = Peek();
    if (!bytes) {
      return EndOfStream(bytes.error(), used != 0);
    }
    const auto [length, complete] = FindLineEnd(*bytes);
    const size_t taken = std::min(length, line.size() - used);
    std::memcpy(line.data() + used, bytes->data(), taken);
    Consume(taken);
    used += taken;
    if (taken < length) {
      return base::Status::kResourceExhausted;
    }
    if (complete) {
      used -= used >= 2 && line[used - 2] == '\r' ? 2 : 1;
      return base::Status::kOk;
    }
  }
}

base::Status TcpReader::DropLine(size_t& limit) {
  while (limit != 0) {
    const base::Result<base::ConstByteSpan> bytes = Peek();
    if (!bytes) {
      return EndOfStream(bytes.error(), true);
    }
    const auto [length, complete] = FindLineEnd(*bytes);
    const size_t taken = std::min(length, limit);
    Consume(taken);
    limit -= taken;
    if (complete && taken == length) {
      return base::Status::kOk;
    }
  }
  return base::Status::kResourceExhausted;
}

}  // namespace stack
