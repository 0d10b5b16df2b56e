#include "agent/build_id.h"
#include "agent/handlers/handlers.h"
#include "build_info.h"

namespace agent {
namespace {

protocol::InterfaceInfo Describe(Interface& interface) {
  stack::EthernetDriver& driver = interface.netif.driver();
  const drivers::Phy& phy = interface.phy;
  return {.name = interface.netif.name(),
          .driver = driver.name(),
          .phy = drivers::IsPhyId(phy.id()) ? phy.model().name : std::string_view(),
          .phy_address = phy.address(),
          .phy_id = phy.id(),
          .mac = interface.netif.mac(),
          .mtu = interface.netif.mtu(),
          .link = driver.link(),
          .capabilities = driver.capabilities()};
}

}  // namespace

base::Result<protocol::Info> Handlers::Handle(protocol::GetInfo, const protocol::Empty&) {
  protocol::Info info{.board = core_.board.name,
                      .version = std::string_view(kVersion),
                      .build_id = netctl_build_id,
                      .boot_counter = core_.board.boot.counter,
                      .reset_cause = core_.board.boot.cause,
                      .cpu_hz = core_.board.cpu_hz,
                      .uptime_us = static_cast<uint64_t>(base::ToMicroseconds(core_.now())),
                      .limits = core_.limits};
  for (Interface& interface : core_.interfaces) {
    info.interfaces.Append(Describe(interface));
  }
  return info;
}

base::Result<protocol::Empty> Handlers::Handle(protocol::ResetBoard, const protocol::Empty&) {
  core_.restart_requested = true;
  return protocol::Empty{};
}

base::Result<protocol::Empty> Handlers::Handle(protocol::CancelJob,
                                               const protocol::JobReference& job) {
  RETURN_IF_ERROR(jobs_.Cancel(job.request));
  return protocol::Empty{};
}

}  // namespace agent
