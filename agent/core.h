// What the agent has once, whatever the number of control channels: handlers and jobs work on it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "agent/boot_record.h"
#include "agent/capture_ring.h"
#include "agent/channel.h"
#include "agent/driver_counters.h"
#include "agent/frame_taps.h"
#include "agent/log.h"
#include "drivers/phy/phy.h"
#include "protocol/messages/agent.h"
#include "stack/dhcp_client.h"
#include "stack/dns_client.h"
#include "stack/sequential/task_context.h"
#include "stack/stack.h"

namespace agent {

// One Ethernet interface as the host sees it.
struct Interface {
  stack::NetIf& netif;
  drivers::Phy& phy;
  DriverCounters& counters;
  stack::DhcpClient& dhcp;
};

struct BoardInfo {
  std::string_view name;
  uint32_t cpu_hz = 0;  // 0: not known
  // Encoded bytes that each channel keeps without being read.
  uint32_t channel_ring = kChannelReceiveRing;
  Boot boot;
};

struct Core {
  const BoardInfo& board;
  protocol::AgentLimits limits;
  stack::Stack& stack;
  stack::Runtime& runtime;
  std::span<Interface> interfaces;
  stack::DnsClient& dns;
  FrameTaps& taps;
  CaptureRing& capture;
  Log& log;
  // The clock, for what has to be timed within one handler; all else uses stack.now().
  base::Instant (*read_clock)();
  bool restart_requested = false;

  base::Instant now() const { return stack.now(); }
  // nullptr: no such interface.
  Interface* FindInterface(uint8_t index) {
    return index < interfaces.size() ? &interfaces[index] : nullptr;
  }
};

}  // namespace agent
