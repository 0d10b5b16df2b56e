// The character generator over TCP (RFC 864): sends its text until the peer closes.
#pragma once

#include <cstdint>

#include "agent/services/tcp_server.h"
#include "stack/base/fields.h"

namespace agent {

struct ChargenStats {
  uint64_t octets = 0;    // handed to TCP
  uint32_t finished = 0;  // connections that the peer closed
  uint32_t failed = 0;    // reset, not reading for too long, or cancelled
  static constexpr auto kFields = base::FieldList{base::Field{"octets", &ChargenStats::octets},
                                                  base::Field{"finished", &ChargenStats::finished},
                                                  base::Field{"failed", &ChargenStats::failed}};
};

class Chargen final : public TcpServer {
 public:
  static constexpr uint16_t kPort = 19;
  static constexpr base::Duration kIdleLimit = std::chrono::minutes(2);

  explicit Chargen(stack::Stack& stack, stack::TaskGroup& connections, uint16_t port = kPort)
      : TcpServer(stack, connections, port) {}

  const ChargenStats& stats() const { return stats_; }

 private:
  stack::Task<base::Status> Serve(stack::TaskContext& context, stack::TcpSocket socket) override;

  ChargenStats stats_;
};

}  // namespace agent
