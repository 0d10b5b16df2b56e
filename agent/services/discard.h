// The discard service over TCP (RFC 863): takes what comes and throws it away, without a copy.
#pragma once

#include <cstdint>

#include "agent/services/tcp_server.h"
#include "stack/base/fields.h"

namespace agent {

struct DiscardStats {
  uint64_t octets = 0;
  uint32_t finished = 0;  // connections that the peer closed
  uint32_t failed = 0;    // reset, silent for too long, or cancelled
  static constexpr auto kFields = base::FieldList{base::Field{"octets", &DiscardStats::octets},
                                                  base::Field{"finished", &DiscardStats::finished},
                                                  base::Field{"failed", &DiscardStats::failed}};
};

class Discard final : public TcpServer {
 public:
  static constexpr uint16_t kPort = 9;
  static constexpr base::Duration kIdleLimit = std::chrono::minutes(2);

  explicit Discard(stack::Stack& stack, stack::TaskGroup& connections, uint16_t port = kPort)
      : TcpServer(stack, connections, port) {}

  const DiscardStats& stats() const { return stats_; }

 private:
  stack::Task<base::Status> Serve(stack::TaskContext& context, stack::TcpSocket socket) override;

  DiscardStats stats_;
};

}  // namespace agent
