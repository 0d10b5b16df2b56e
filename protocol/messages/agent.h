// The agent itself: what it is, restart, jobs.
#pragma once

#include <cstdint>

#include "protocol/method.h"
#include "stack/base/address.h"
#include "stack/base/link.h"

namespace protocol {

using base::Field;

// Limits of the image, so that the host can say why something does not fit.
struct AgentLimits {
  uint16_t tcp_connections = 0;
  uint16_t tcp_receive_window = 0;  // bytes, the largest advertised
  uint16_t tcp_send_buffer = 0;     // bytes
  uint16_t arp_entries = 0;
  uint16_t udp_sockets = 0;
  uint16_t jobs = 0;
  uint16_t largest_message = 0;  // bytes
  uint16_t capture_frames = 0;   // bytes of the capture ring
  static constexpr auto kFields =
      base::FieldList{Field{"tcp_connections", &AgentLimits::tcp_connections},
                      Field{"tcp_receive_window", &AgentLimits::tcp_receive_window},
                      Field{"tcp_send_buffer", &AgentLimits::tcp_send_buffer},
                      Field{"arp_entries", &AgentLimits::arp_entries},
                      Field{"udp_sockets", &AgentLimits::udp_sockets},
                      Field{"jobs", &AgentLimits::jobs},
                      Field{"largest_message", &AgentLimits::largest_message},
                      Field{"capture_frames", &AgentLimits::capture_frames}};
};

struct InterfaceInfo {
  base::Text<8> name{};     // "eth0"
  base::Text<16> driver{};  // "LAN9118"
  base::Text<24> phy{};     // model name, empty when none was found
  uint8_t phy_address = 0;
  uint32_t phy_id = 0;  // registers 2 and 3
  base::MacAddress mac{};
  uint16_t mtu = 0;
  base::LinkMode link{};
  base::Capabilities capabilities{};
  static constexpr auto kFields =
      base::FieldList{Field{"name", &InterfaceInfo::name},
                      Field{"driver", &InterfaceInfo::driver},
                      Field{"phy", &InterfaceInfo::phy},
                      Field{"phy_address", &InterfaceInfo::phy_address},
                      Field{"phy_id", &InterfaceInfo::phy_id},
                      Field{"mac", &InterfaceInfo::mac},
                      Field{"mtu", &InterfaceInfo::mtu},
                      Field{"link", &InterfaceInfo::link},
                      Field{"capabilities", &InterfaceInfo::capabilities}};
};

enum class ResetCause : uint8_t { kUnknown, kPowerOn, kPin, kSoftware, kWatchdog, kFault };

struct Info {
  base::Text<24> board{};
  base::Text<48> version{};
  uint64_t build_id = 0;
  uint32_t boot_counter = 0;  // kept over warm resets
  ResetCause reset_cause = ResetCause::kUnknown;
  uint32_t cpu_hz = 0;
  uint64_t uptime_us = 0;
  AgentLimits limits{};
  base::Bounded<InterfaceInfo, 4> interfaces{};
  static constexpr auto kFields = base::FieldList{Field{"board", &Info::board},
                                                  Field{"version", &Info::version},
                                                  Field{"build_id", &Info::build_id},
                                                  Field{"boot_counter", &Info::boot_counter},
                                                  Field{"reset_cause", &Info::reset_cause},
                                                  Field{"cpu_hz", &Info::cpu_hz},
                                                  Field{"uptime_us", &Info::uptime_us},
                                                  Field{"limits", &Info::limits},
                                                  Field{"interfaces", &Info::interfaces}};
};

// The job that was started by request number `request` of this session.
struct JobReference {
  uint16_t request = 0;
  static constexpr auto kFields = base::FieldList{Field{"request", &JobReference::request}};
};

// The last event of a job: why it ended.
struct JobEnd {
  base::Status status = base::Status::kOk;
  static constexpr auto kFields = base::FieldList{Field{"status", &JobEnd::status}};
};

// kUnavailable cannot happen; the answer is sent before the board restarts.
using GetInfo = Method<0x0001, Empty, Info>;
using ResetBoard = Method<0x0002, Empty, Empty>;
// kNotFound: no such job, or it has ended.
using CancelJob = Method<0x0003, JobReference, Empty>;

using JobEnded = Event<0x0001, JobEnd>;

}  // namespace protocol
