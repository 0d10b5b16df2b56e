#include "stack/wire/tcp_options.h"

namespace wire {

std::optional<TcpOption> TcpOptionReader::Next() {
  while (!rest_.empty()) {
    const auto kind = static_cast<uint8_t>(rest_[0]);
    if (kind == kTcpOptionNop) {
      rest_ = rest_.subspan(1);
      continue;
    }
    if (kind == kTcpOptionEnd || rest_.size() < 2) {
      break;
    }
    const auto size = static_cast<size_t>(rest_[1]);
    if (size < 2 || size > rest_.size()) {
      break;
    }
    const TcpOption option{kind, rest_.subspan(2, size - 2)};
    rest_ = rest_.subspan(size);
    return option;
  }
  rest_ = {};
  return std::nullopt;
}

TcpOptionSet ParseTcpOptions(base::ConstByteSpan options) {
  TcpOptionSet set;
  TcpOptionReader reader(options);
  while (const auto option = reader.Next()) {
    if (option->kind == kTcpOptionMss && option->data.size() == kTcpMssOptionSize - 2) {
      set.mss = base::LoadBe16(option->data.data());
    }
  }
  return set;
}

void WriteMssOption(uint16_t mss, std::byte* out) {
  out[0] = std::byte{kTcpOptionMss};
  out[1] = std::byte{kTcpMssOptionSize};
  base::StoreBe16(out + 2, mss);
}

}  // namespace wire
