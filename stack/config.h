// Every limit of the stack, and the relations between them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/base/time.h"
#include "stack/device/ethernet_driver.h"

namespace stack {

using namespace std::chrono_literals;

// Bytes to leave in front of a transport header: alignment, Ethernet and IPv4 header.
inline constexpr size_t kIpHeadroom = 36;
static_assert(kIpHeadroom == EthernetDriver::kReceiveHeadroom + 14 + 20);
static_assert(kIpHeadroom % 4 == 0, "transport headers are word aligned");

// Work of one Stack::Poll.
inline constexpr size_t kFramesPerPoll = 16;  // received, for each interface
inline constexpr size_t kTimersPerPoll = 16;
// Frames that wait, for each interface, until the MAC has room again.
inline constexpr size_t kOutputQueueFrames = 8;
inline constexpr base::Duration kOutputRetryInterval = 1ms;  // for MACs that do not say when

inline constexpr size_t kMaxTransports = 6;

// ARP (RFC 826, RFC 1122 2.3.2).
inline constexpr size_t kArpEntries = 16;
inline constexpr uint8_t kArpRequestTries = 3;
inline constexpr base::Duration kArpRequestInterval = 1s;  // RFC 1122 2.3.2.1: at most one a second
inline constexpr base::Duration kArpReachableTime = 60s;   // RFC 1122 2.3.2.1: about a minute
inline constexpr uint8_t kArpAnnouncements = 2;            // RFC 5227 1.1
inline constexpr base::Duration kArpAnnounceInterval = 2s;
inline constexpr base::Duration kArpDefendInterval = 10s;  // RFC 5227 1.1
inline constexpr size_t kArpListenerQueue = 16;            // answers that wait in an ArpListener
static_assert(kArpEntries >= 4 && (kArpEntries & (kArpEntries - 1)) == 0);

// IPv4 reassembly. A fragment keeps a receive buffer, so the limits protect the receive path.
inline constexpr size_t kReassemblyDatagrams = 4;
inline constexpr size_t kReassemblyFragments = 12;  // of all datagrams together
inline constexpr base::Duration kReassemblyTimeout = 30s;
inline constexpr size_t kReassemblyContiguous = 60;  // the longest TCP header
static_assert(kReassemblyFragments >= 7, "a datagram of 10000 bytes fits");

// UDP.
inline constexpr size_t kUdpBuckets = 8;
inline constexpr size_t kUdpMaxQueued = 8;  // default datagrams in a socket's queue
static_assert((kUdpBuckets & (kUdpBuckets - 1)) == 0);

// ICMP. Errors are limited to a random number in each interval, so that the limit tells an outsider
// nothing about other traffic (the SAD DNS attack counted them).
inline constexpr uint32_t kIcmpErrorsPerInterval =
    50;                                             // down to half of it, for all peers together
inline constexpr uint32_t kIcmpErrorsPerPeer = 10;  // down to half of it
inline constexpr base::Duration kIcmpErrorInterval = 1s;
inline constexpr size_t kIcmpLimitedPeers = 4;
inline constexpr size_t kEchoMaxQueued = 8;  // answers that wait in an EchoSocket
inline constexpr size_t kEchoMaxErrors = 4;
static_assert(kIcmpErrorsPerPeer * 2 <= kIcmpErrorsPerInterval, "one peer must not use up all");

// Ports of sockets that do not name one (RFC 6056 2.1: 49152 to 65535, IANA dynamic).
inline constexpr uint16_t kFirstEphemeralPort = 49152;
inline constexpr uint16_t kEphemeralPorts = 16384;
static_assert(kFirstEphemeralPort + kEphemeralPorts == 65536);

// DHCP (RFC 2131 4.1, 4.4.5).
inline constexpr base::Duration kDhcpFirstRetry = 4s;
inline constexpr base::Duration kDhcpLastRetry = 64s;
inline constexpr uint8_t kDhcpRequestTries = 4;
inline constexpr uint8_t kDhcpRebootTries = 2;  // servers that do not know the address keep silent
inline constexpr uint8_t kDhcpTriesBeforeBroadcast = 1;  // then answers are asked for as broadcasts
inline constexpr base::Duration kDhcpMinRenewInterval = 60s;
inline constexpr base::Duration kDhcpDeclineWait = 10s;
inline constexpr base::Duration kDhcpNakWait = 1s;
inline constexpr uint32_t kDhcpMinLeaseSeconds = 60;
inline constexpr size_t kDhcpMaxHostName = 32;
inline constexpr size_t kDhcpMaxDomain = 48;
inline constexpr size_t kDhcpOptionsRoom = 96;
static_assert(kDhcpOptionsRoom >= 3 + 6 + 6 + 9 + 4 + 13 + 2 + kDhcpMaxHostName + 1,
              "the longest REQUEST fits");

// DNS.
inline constexpr size_t kDnsMaxQueries = 2;  // open at once
inline constexpr size_t kDnsMaxServers = 4;
inline constexpr size_t kDnsMaxAddresses = 4;  // of one name; more are left out
inline constexpr uint8_t kDnsMaxAliases = 8;
inline constexpr uint8_t kDnsRounds = 3;                // over all servers
inline constexpr base::Duration kDnsFirstTimeout = 1s;  // doubles each round
inline constexpr size_t kDnsCacheEntries = 4;
inline constexpr size_t kDnsCacheMaxName = 62;  // longer ones are not kept
inline constexpr uint32_t kDnsMaxTtlSeconds = 86400;
static_assert(kDnsMaxQueries < 256 && kDnsMaxServers * kDnsRounds < 256);

inline constexpr uint8_t kDefaultTtl = 64;  // RFC 1700

}  // namespace stack
