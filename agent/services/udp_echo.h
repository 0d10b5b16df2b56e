// The echo service over UDP (RFC 862): each datagram goes back to where it came from.
#pragma once

#include <cstdint>

#include "stack/base/fields.h"
#include "stack/sequential/task.h"
#include "stack/stack.h"
#include "stack/udp.h"

namespace agent {

struct UdpEchoStats {
  uint32_t echoed = 0;
  uint32_t loop_refused = 0;  // from port 7, 19 or 53: a service that may answer in turn
  uint32_t to_group = 0;      // sent to a broadcast or multicast address
  uint32_t not_sent = 0;      // no route, no buffer or no room in the MAC
  static constexpr auto kFields =
      base::FieldList{base::Field{"echoed", &UdpEchoStats::echoed},
                      base::Field{"loop_refused", &UdpEchoStats::loop_refused},
                      base::Field{"to_group", &UdpEchoStats::to_group},
                      base::Field{"not_sent", &UdpEchoStats::not_sent}};
};

class UdpEcho {
 public:
  static constexpr uint16_t kPort = 7;

  explicit UdpEcho(stack::Stack& stack, uint16_t port = kPort) : socket_(stack), port_(port) {}

  // Echoes until cancelled. kBusy: somebody else has the port.
  stack::Task<base::Status> Run(stack::TaskContext& context);

  const UdpEchoStats& stats() const { return stats_; }

 private:
  void Answer(stack::UdpDatagram& datagram);

  stack::UdpSocket socket_;
  uint16_t port_;
  UdpEchoStats stats_;
};

}  // namespace agent
