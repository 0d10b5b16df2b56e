#include <algorithm>

#include "agent/handlers/handlers.h"

namespace agent {

base::Result<protocol::StatsReport> Handlers::Handle(protocol::GetStats, const protocol::Empty&) {
  protocol::StatsReport report{.time_us = static_cast<uint64_t>(base::ToMicroseconds(core_.now())),
                               .stack = core_.stack.stats(),
                               .channel = port_.holder().stats()};
  for (Interface& interface : core_.interfaces) {
    protocol::InterfaceStats stats{.ethernet = interface.netif.driver().stats()};
    interface.counters.ReadValues(stats.driver);
    report.interfaces.Append(stats);
  }
  return report;
}

base::Result<protocol::Empty> Handlers::Handle(protocol::ResetStats, const protocol::Empty&) {
  core_.stack.stats() = {};
  for (Interface& interface : core_.interfaces) {
    interface.netif.driver().ResetStats();
    interface.counters.Reset();
  }
  for (ControlLine& line : port_.lines()) {
    line.ResetStats();
  }
  return protocol::Empty{};
}

base::Result<protocol::DriverCounterNames> Handlers::Handle(
    protocol::DescribeDriver, const protocol::InterfaceReference& request) {
  Interface* const interface = core_.FindInterface(request.interface);
  if (interface == nullptr) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  protocol::DriverCounterNames names;
  interface->counters.ReadNames(names);
  return names;
}

base::Result<protocol::PoolReport> Handlers::Handle(protocol::GetPools, const protocol::Empty&) {
  protocol::PoolReport report;
  for (const base::PbufPool* pool : core_.stack.pools().pools()) {
    report.pools.Append(pool->stats());
  }
  report.pools.Append(core_.stack.pools().part_stats());
  return report;
}

}  // namespace agent
