#include "agent/services/udp_echo.h"

#include <utility>

#include "stack/sequential/udp.h"

namespace agent {
namespace {

// Two services that answer each other do so for ever (CERT CA-1996-01).
constexpr bool MayLoop(uint16_t port) { return port == 7 || port == 19 || port == 53; }

}  // namespace

stack::Task<base::Status> UdpEcho::Run(stack::TaskContext&) {
  const base::Status bound = socket_.Bind(port_);
  if (bound != base::Status::kOk) {
    co_return bound;
  }
  while (true) {
    base::Result<stack::UdpDatagram> datagram = co_await ReceiveFrom(socket_, base::kNever);
    if (!datagram) {
      socket_.Close();
      co_return datagram.error();
    }
    Answer(*datagram);
  }
}

void UdpEcho::Answer(stack::UdpDatagram& datagram) {
  if (MayLoop(datagram.from.port)) {
    ++stats_.loop_refused;
    return;
  }
  const bool to_us =
      datagram.netif != nullptr && datagram.to == base::IpAddress(datagram.netif->ipv4().address);
  if (!to_us) {
    ++stats_.to_group;
    return;
  }
  const base::Status sent = socket_.SendTo(std::move(datagram.payload), datagram.from);
  ++(sent == base::Status::kOk ? stats_.echoed : stats_.not_sent);
}

}  // namespace agent
