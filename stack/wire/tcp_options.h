// The options behind a TCP header (RFC 9293 3.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "stack/base/bytes.h"

namespace wire {

inline constexpr uint8_t kTcpOptionEnd = 0;
inline constexpr uint8_t kTcpOptionNop = 1;
inline constexpr uint8_t kTcpOptionMss = 2;
inline constexpr size_t kTcpMssOptionSize = 4;

struct TcpOption {
  uint8_t kind = 0;
  base::ConstByteSpan data;  // without kind and length
};

// Walks over options. Every step advances; an option whose length is below 2 or reaches behind the
// header ends the walk.
class TcpOptionReader {
 public:
  explicit TcpOptionReader(base::ConstByteSpan options) : rest_(options) {}
  // nullopt at the end. No-operation options are skipped.
  std::optional<TcpOption> Next();

 private:
  base::ConstByteSpan rest_;
};

// The options that we know, as far as the header has them. Unknown ones and those of the wrong
// length are as if absent (RFC 9293 3.2, MUST-6 and MUST-7).
struct TcpOptionSet {
  std::optional<uint16_t> mss;
};
TcpOptionSet ParseTcpOptions(base::ConstByteSpan options);

// Writes the option to the front of `out`, which has kTcpMssOptionSize bytes.
void WriteMssOption(uint16_t mss, std::byte* out);

}  // namespace wire
