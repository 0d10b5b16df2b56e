// Addresses, DHCP, DNS and ARP.
#pragma once

#include <array>
#include <cstdint>

#include "protocol/messages/link.h"
#include "protocol/method.h"
#include "stack/base/address.h"

namespace protocol {

enum class AddressSource : uint8_t { kNone, kStatic, kDhcp };
enum class DhcpState : uint8_t {
  kOff,
  kSelecting,
  kRequesting,
  kProbing,
  kBound,
  kRenewing,
  kRebinding
};

struct IpSettings {
  uint8_t interface = 0;
  AddressSource source = AddressSource::kNone;
  base::Ipv4Address address{};
  base::Ipv4Address mask{};
  base::Ipv4Address gateway{};
  std::array<base::Ipv4Address, 2> dns{};
  static constexpr auto kFields = base::FieldList{
      Field{"interface", &IpSettings::interface}, Field{"source", &IpSettings::source},
      Field{"address", &IpSettings::address},     Field{"mask", &IpSettings::mask},
      Field{"gateway", &IpSettings::gateway},     Field{"dns", &IpSettings::dns}};
};
struct IpStatus {
  IpSettings settings{};
  DhcpState dhcp = DhcpState::kOff;
  base::Ipv4Address dhcp_server{};
  uint32_t lease_s = 0;  // 0xffffffff is for ever
  uint32_t lease_left_s = 0;
  static constexpr auto kFields = base::FieldList{
      Field{"settings", &IpStatus::settings}, Field{"dhcp", &IpStatus::dhcp},
      Field{"dhcp_server", &IpStatus::dhcp_server}, Field{"lease_s", &IpStatus::lease_s},
      Field{"lease_left_s", &IpStatus::lease_left_s}};
};

struct DhcpRequest {
  uint8_t interface = 0;
  uint32_t timeout_ms = 30000;
  static constexpr auto kFields = base::FieldList{Field{"interface", &DhcpRequest::interface},
                                                  Field{"timeout_ms", &DhcpRequest::timeout_ms}};
};
enum class DhcpMessage : uint8_t {
  kDiscover,
  kOffer,
  kRequest,
  kAck,
  kNak,
  kProbe,
  kDecline,
  kBound
};
struct DhcpStepInfo {
  DhcpMessage message = DhcpMessage::kDiscover;
  uint32_t time_us = 0;  // since the job began
  base::Ipv4Address address{};
  base::Ipv4Address server{};
  static constexpr auto kFields = base::FieldList{
      Field{"message", &DhcpStepInfo::message}, Field{"time_us", &DhcpStepInfo::time_us},
      Field{"address", &DhcpStepInfo::address}, Field{"server", &DhcpStepInfo::server}};
};
struct DhcpLease {
  IpSettings settings{};
  base::Ipv4Address server{};
  uint32_t lease_s = 0;
  uint32_t renew_s = 0;   // T1
  uint32_t rebind_s = 0;  // T2
  base::Text<64> domain{};
  static constexpr auto kFields = base::FieldList{
      Field{"settings", &DhcpLease::settings}, Field{"server", &DhcpLease::server},
      Field{"lease_s", &DhcpLease::lease_s},   Field{"renew_s", &DhcpLease::renew_s},
      Field{"rebind_s", &DhcpLease::rebind_s}, Field{"domain", &DhcpLease::domain}};
};

struct DnsRequest {
  base::Text<253> name{};
  base::Ipv4Address server{};  // unspecified: the configured ones
  uint16_t port = 53;
  uint32_t timeout_ms = 5000;
  static constexpr auto kFields = base::FieldList{
      Field{"name", &DnsRequest::name}, Field{"server", &DnsRequest::server},
      Field{"port", &DnsRequest::port}, Field{"timeout_ms", &DnsRequest::timeout_ms}};
};
struct DnsAnswer {
  base::Bounded<base::Ipv4Address, 8> addresses{};
  uint32_t ttl_s = 0;
  base::Ipv4Address server{};
  uint32_t time_us = 0;
  uint8_t queries = 0;  // sent, retries included; 0 from the cache
  static constexpr auto kFields =
      base::FieldList{Field{"addresses", &DnsAnswer::addresses}, Field{"ttl_s", &DnsAnswer::ttl_s},
                      Field{"server", &DnsAnswer::server}, Field{"time_us", &DnsAnswer::time_us},
                      Field{"queries", &DnsAnswer::queries}};
};

struct ArpProbeRequest {
  uint8_t interface = 0;
  base::Ipv4Address target{};
  uint16_t count = 1;  // probes; 0 until cancelled
  uint16_t interval_ms = 1000;
  uint16_t timeout_ms = 1000;        // for the last answer
  bool duplicate_detection = false;  // sender address 0.0.0.0, RFC 5227 2.1.1
  static constexpr auto kFields =
      base::FieldList{Field{"interface", &ArpProbeRequest::interface},
                      Field{"target", &ArpProbeRequest::target},
                      Field{"count", &ArpProbeRequest::count},
                      Field{"interval_ms", &ArpProbeRequest::interval_ms},
                      Field{"timeout_ms", &ArpProbeRequest::timeout_ms},
                      Field{"duplicate_detection", &ArpProbeRequest::duplicate_detection}};
};
struct ArpScanRequest {
  uint8_t interface = 0;
  base::Ipv4Address first{};
  base::Ipv4Address last{};     // at most 4096 addresses
  uint16_t interval_us = 2000;  // between requests
  uint16_t timeout_ms = 1000;   // for the last answer
  static constexpr auto kFields = base::FieldList{
      Field{"interface", &ArpScanRequest::interface}, Field{"first", &ArpScanRequest::first},
      Field{"last", &ArpScanRequest::last}, Field{"interval_us", &ArpScanRequest::interval_us},
      Field{"timeout_ms", &ArpScanRequest::timeout_ms}};
};
struct ArpReply {
  uint16_t sequence = 0;  // of the probe, from 0; for a scan 0
  base::Ipv4Address address{};
  base::MacAddress mac{};
  uint32_t time_us = 0;    // since its request
  bool broadcast = false;  // the answer was not unicast
  static constexpr auto kFields =
      base::FieldList{Field{"sequence", &ArpReply::sequence}, Field{"address", &ArpReply::address},
                      Field{"mac", &ArpReply::mac}, Field{"time_us", &ArpReply::time_us},
                      Field{"broadcast", &ArpReply::broadcast}};
};
// How many requests a probe or scan has sent so far; sent at its end and about once a second.
struct ArpProgressInfo {
  uint16_t sent = 0;
  uint16_t received = 0;
  static constexpr auto kFields = base::FieldList{Field{"sent", &ArpProgressInfo::sent},
                                                  Field{"received", &ArpProgressInfo::received}};
};
enum class ArpEntryState : uint8_t { kIncomplete, kReachable, kStale };
struct ArpEntry {
  uint8_t interface = 0;
  base::Ipv4Address address{};
  base::MacAddress mac{};
  ArpEntryState state = ArpEntryState::kIncomplete;
  uint32_t age_s = 0;  // since it was confirmed
  static constexpr auto kFields =
      base::FieldList{Field{"interface", &ArpEntry::interface},
                      Field{"address", &ArpEntry::address}, Field{"mac", &ArpEntry::mac},
                      Field{"state", &ArpEntry::state}, Field{"age_s", &ArpEntry::age_s}};
};
struct ArpTable {
  base::Bounded<ArpEntry, 32> entries{};
  static constexpr auto kFields = base::FieldList{Field{"entries", &ArpTable::entries}};
};

using GetIp = Method<0x0030, InterfaceReference, IpStatus>;
// kDhcp starts the client, kStatic stops it. kInvalidArgument: an address or mask that no host can
// have.
using SetIp = Method<0x0031, IpSettings, Empty>;
// Gets a fresh lease. Ends with kDeadlineExceeded, kRefused (NAK) or kUnreachable (link down).
using RunDhcp = Job<0x0032, DhcpRequest>;
// Ends with kNotFound (no such name), kDeadlineExceeded, kRefused, kUnreachable (no server known,
// no route).
using ResolveName = Job<0x0033, DnsRequest>;
using ProbeArp = Job<0x0034, ArpProbeRequest>;
using ScanArp = Job<0x0035, ArpScanRequest>;
using GetArpTable = Method<0x0036, Empty, ArpTable>;
using FlushArp = Method<0x0037, Empty, Empty>;

using DhcpStep = Event<0x0030, DhcpStepInfo>;
using DhcpBound = Event<0x0031, DhcpLease>;
using NameResolved = Event<0x0032, DnsAnswer>;
using ArpReplied = Event<0x0033, ArpReply>;
using ArpProgress = Event<0x0034, ArpProgressInfo>;

}  // namespace protocol
