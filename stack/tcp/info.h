// What a TCP connection says about itself: states, and the figures that `ss -tin` shows.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "stack/base/address.h"
#include "stack/base/fields.h"

namespace stack {

// RFC 9293 3.3.2.
enum class TcpState : uint8_t {
  kClosed,
  kListen,
  kSynSent,
  kSynReceived,
  kEstablished,
  kFinWait1,
  kFinWait2,
  kCloseWait,
  kClosing,
  kLastAck,
  kTimeWait,
};
inline constexpr size_t kTcpStateCount = 11;
inline constexpr std::array<std::string_view, kTcpStateCount> kTcpStateNames = {
    "CLOSED",     "LISTEN",     "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1",
    "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING",  "LAST-ACK",     "TIME-WAIT"};

constexpr std::string_view TcpStateName(TcpState state) {
  const auto index = static_cast<size_t>(state);
  return index < kTcpStateCount ? kTcpStateNames[index] : std::string_view("unknown");
}

// A snapshot of one connection or listener. Sizes are in bytes, times in microseconds.
struct TcpInfo {
  base::SocketAddress local;
  base::SocketAddress remote;
  TcpState state = TcpState::kClosed;
  bool orphan = false;          // no socket holds it any more
  uint32_t receive_queued = 0;  // in order, not yet read; of a listener: waiting for Accept
  uint32_t out_of_order = 0;    // kept behind a gap
  uint32_t send_queued = 0;     // not yet acknowledged, sent or not
  uint32_t in_flight = 0;       // sent and not yet acknowledged
  uint32_t receive_window = 0;  // advertised last
  uint32_t send_window = 0;     // of the peer
  uint32_t congestion_window = 0;
  uint32_t slow_start_threshold = 0;
  uint16_t send_mss = 0;
  uint16_t receive_mss = 0;
  uint32_t rto_us = 0;
  uint32_t rtt_us = 0;  // smoothed; 0 before the first measurement
  uint32_t rttvar_us = 0;
  uint16_t backoff = 0;  // retransmission timeouts in a row
  uint32_t retransmits = 0;
  uint64_t bytes_acked = 0;
  uint64_t bytes_received = 0;

  static constexpr auto kFields =
      base::FieldList{base::Field{"local", &TcpInfo::local},
                      base::Field{"remote", &TcpInfo::remote},
                      base::Field{"state", &TcpInfo::state},
                      base::Field{"orphan", &TcpInfo::orphan},
                      base::Field{"receive_queued", &TcpInfo::receive_queued},
                      base::Field{"out_of_order", &TcpInfo::out_of_order},
                      base::Field{"send_queued", &TcpInfo::send_queued},
                      base::Field{"in_flight", &TcpInfo::in_flight},
                      base::Field{"receive_window", &TcpInfo::receive_window},
                      base::Field{"send_window", &TcpInfo::send_window},
                      base::Field{"congestion_window", &TcpInfo::congestion_window},
                      base::Field{"slow_start_threshold", &TcpInfo::slow_start_threshold},
                      base::Field{"send_mss", &TcpInfo::send_mss},
                      base::Field{"receive_mss", &TcpInfo::receive_mss},
                      base::Field{"rto_us", &TcpInfo::rto_us},
                      base::Field{"rtt_us", &TcpInfo::rtt_us},
                      base::Field{"rttvar_us", &TcpInfo::rttvar_us},
                      base::Field{"backoff", &TcpInfo::backoff},
                      base::Field{"retransmits", &TcpInfo::retransmits},
                      base::Field{"bytes_acked", &TcpInfo::bytes_acked},
                      base::Field{"bytes_received", &TcpInfo::bytes_received}};
};

}  // namespace stack
