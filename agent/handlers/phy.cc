#include "agent/handlers/handlers.h"
#include "drivers/phy/phy_models.h"

namespace agent {
namespace {

bool IsAddress(const protocol::PhyRegister& target) {
  return target.phy < drivers::kPhyAddresses && target.reg < drivers::kPhyRegisters;
}

}  // namespace

base::Result<drivers::MdioBus*> Handlers::FindBus(const protocol::PhyRegister& target) {
  Interface* const interface = core_.FindInterface(target.interface);
  if (interface == nullptr || !IsAddress(target)) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  return &interface->phy.bus();
}

base::Result<protocol::PhyList> Handlers::Handle(protocol::ScanPhys,
                                                 const protocol::InterfaceReference& request) {
  Interface* const interface = core_.FindInterface(request.interface);
  if (interface == nullptr) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  const auto scan = drivers::ScanPhys(interface->phy.bus());
  if (!scan) {
    return std::unexpected(scan.error());
  }
  protocol::PhyList list{.used = interface->phy.address()};
  for (size_t i = 0; i < scan->size(); ++i) {
    const uint32_t id = (*scan)[i];
    if (drivers::IsPhyId(id)) {
      list.phys.Append({.phy = static_cast<uint8_t>(i),
                        .id = id,
                        .name = std::string_view(drivers::FindPhyModel(id).name)});
    }
  }
  return list;
}

base::Result<protocol::PhyValue> Handlers::Handle(protocol::ReadPhy,
                                                  const protocol::PhyRegister& target) {
  const auto bus = FindBus(target);
  if (!bus) {
    return std::unexpected(bus.error());
  }
  const auto value = (*bus)->Read(target.phy, target.reg);
  if (!value) {
    return std::unexpected(value.error());
  }
  return protocol::PhyValue{.value = *value};
}

base::Result<protocol::Empty> Handlers::Handle(protocol::WritePhy,
                                               const protocol::PhyWriteRequest& request) {
  const auto bus = FindBus(request.target);
  if (!bus) {
    return std::unexpected(bus.error());
  }
  RETURN_IF_ERROR((*bus)->Write(request.target.phy, request.target.reg, request.value));
  core_.interfaces[request.target.interface].netif.driver().CheckLink();
  return protocol::Empty{};
}

base::Result<protocol::PhyDump> Handlers::Handle(protocol::DumpPhy,
                                                 const protocol::PhyRegister& request) {
  protocol::PhyRegister target = request;
  target.reg = 0;
  const auto bus = FindBus(target);
  if (!bus) {
    return std::unexpected(bus.error());
  }
  protocol::PhyDump dump;
  for (uint8_t reg = 0; reg < drivers::kPhyRegisters; ++reg) {
    const auto value = (*bus)->Read(target.phy, reg);
    if (!value) {
      return std::unexpected(value.error());
    }
    dump.registers[reg] = *value;
  }
  dump.id = static_cast<uint32_t>(dump.registers[2]) << 16 | dump.registers[3];
  if (drivers::IsPhyId(dump.id)) {
    dump.name = std::string_view(drivers::FindPhyModel(dump.id).name);
  }
  return dump;
}

base::Result<protocol::CableTestStatus> Handlers::Handle(
    protocol::TestCable, const protocol::CableTestRequest& request) {
  static_assert(protocol::kCablePairs == drivers::kCablePairs);
  Interface* const interface = core_.FindInterface(request.interface);
  if (interface == nullptr) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  if (request.start) {
    RETURN_IF_ERROR(interface->phy.StartCableTest());
    interface->netif.driver().CheckLink();
  }
  const drivers::CableTest& test = interface->phy.cable_test();
  return protocol::CableTestStatus{.running = test.is_running(), .pairs = test.pairs()};
}

base::Result<protocol::MdioBenchResult> Handlers::Handle(
    protocol::BenchMdio, const protocol::MdioBenchRequest& request) {
  const auto bus = FindBus(request.target);
  if (!bus) {
    return std::unexpected(bus.error());
  }
  if (request.reads == 0 || request.reads > protocol::kMdioBenchSlice) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  protocol::MdioBenchResult result{.reads = request.reads};
  const base::Instant start = core_.read_clock();
  for (uint16_t i = 0; i < request.reads; ++i) {
    const auto value = (*bus)->Read(request.target.phy, request.target.reg);
    if (!value) {
      ++result.failures;
    } else if (*value != request.expected) {
      ++result.deviations;
      result.last_deviation = *value;
    }
  }
  result.duration_us = static_cast<uint32_t>((core_.read_clock() - start).count());
  return result;
}

}  // namespace agent
