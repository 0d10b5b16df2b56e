// The limits and times of TCP that no socket chooses.
#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/base/time.h"
#include "stack/wire/ipv4.h"
#include "stack/wire/tcp.h"

namespace stack {

inline constexpr size_t kTcpIpHeaderSize = wire::kIpv4HeaderSize + wire::kTcpHeaderSize;

// Segment sizes (RFC 9293 3.7.1). A peer that announces less than the floor gets segments of the
// floor: smaller ones would cost more in headers than they carry (CVE-2019-11479).
inline constexpr uint16_t kDefaultMss = 536;
inline constexpr uint16_t kMinMss = 48;
// A path MTU below this is a forgery, or not worth it (RFC 1191 5.2, RFC 5927 7.2).
inline constexpr uint16_t kMinPathMtu = 552;

inline constexpr size_t kMaxWindow = 65535;  // without window scaling

inline constexpr base::Duration kDelayedAckTime = std::chrono::milliseconds(40);
// Give up (RFC 9293 3.8.3: R2): at least 100 s, for a SYN at least 3 minutes.
inline constexpr base::Duration kTcpR2 = std::chrono::seconds(120);
inline constexpr base::Duration kTcpSynR2 = std::chrono::seconds(180);
// A SYN,ACK that nobody answers is most likely answered to a forged address.
inline constexpr base::Duration kSynReceivedTime = std::chrono::seconds(30);
inline constexpr base::Duration kTimeWait = std::chrono::seconds(60);  // 2 MSL
// FIN-WAIT-2 of a closed socket: the peer has that long to end its direction.
inline constexpr base::Duration kFinWait2Time = std::chrono::seconds(60);
inline constexpr base::Duration kKeepAliveInterval = std::chrono::seconds(75);
inline constexpr uint8_t kKeepAliveProbes = 9;

// Duplicate ACKs that mean a loss (RFC 5681 3.2).
inline constexpr uint8_t kDuplicateThreshold = 3;

// Packet buffers that the advertised windows leave to everybody else.
inline constexpr size_t kReservedBuffers = 2;

// When the MAC and its queue were full, or no buffer was free: try again.
inline constexpr base::Duration kBlockedRetry = std::chrono::milliseconds(1);

// Tries to find a free local port (RFC 6056 3.3.1).
inline constexpr int kPortTries = 64;

static_assert(kMinPathMtu - kTcpIpHeaderSize >= kMinMss);
static_assert(kMinMss >= wire::kTcpMaxHeaderSize - wire::kTcpHeaderSize + 8,
              "options leave room for text");

}  // namespace stack
