// Counters, pools and connections.
#pragma once

#include <cstdint>

#include "protocol/channel_stats.h"
#include "protocol/messages/link.h"
#include "protocol/method.h"
#include "stack/base/pbuf_pool.h"
#include "stack/stats.h"

namespace protocol {

struct InterfaceStats {
  base::EthernetStats ethernet{};
  base::Bounded<uint32_t, 32> driver{};  // names by DescribeDriver
  static constexpr auto kFields = base::FieldList{Field{"ethernet", &InterfaceStats::ethernet},
                                                  Field{"driver", &InterfaceStats::driver}};
};

// Everything that counts, in one message.
struct StatsReport {
  uint64_t time_us = 0;  // since start-up
  base::Bounded<InterfaceStats, 2> interfaces{};
  stack::StackStats stack{};
  ChannelStats channel{};
  static constexpr auto kFields = base::FieldList{
      Field{"time_us", &StatsReport::time_us}, Field{"interfaces", &StatsReport::interfaces},
      Field{"stack", &StatsReport::stack}, Field{"channel", &StatsReport::channel}};
};

// Names of the counters that a driver adds, in the order of InterfaceStats::driver.
struct DriverCounterNames {
  base::Bounded<base::Text<24>, 32> names{};
  static constexpr auto kFields = base::FieldList{Field{"names", &DriverCounterNames::names}};
};

struct PoolReport {
  base::Bounded<base::PbufPoolStats, 4>
      pools;  // ascending size; the last is the pool of parts (size 0)
  static constexpr auto kFields = base::FieldList{Field{"pools", &PoolReport::pools}};
};

using GetStats = Method<0x0050, Empty, StatsReport>;
using ResetStats = Method<0x0051, Empty, Empty>;
using DescribeDriver = Method<0x0052, InterfaceReference, DriverCounterNames>;
using GetPools = Method<0x0053, Empty, PoolReport>;

}  // namespace protocol
