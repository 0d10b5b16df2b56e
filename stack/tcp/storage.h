// The memory of Tcp.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <optional>

#include "stack/tcp/connection.h"
#include "stack/tcp/tcp.h"

namespace stack {

struct ConnectionSlot {
  std::optional<Connection> connection;
};

// Room for kConnections at a time, those in TIME-WAIT included.
template <size_t kConnections>
class TcpStorage {
 public:
  static_assert(kConnections >= 1);
  TcpMemory memory() { return {slots_.data(), slots_.size(), buckets_.data(), buckets_.size()}; }

 private:
  std::array<ConnectionSlot, kConnections> slots_;
  std::array<Connection*, std::bit_ceil(kConnections)> buckets_{};
};

}  // namespace stack
