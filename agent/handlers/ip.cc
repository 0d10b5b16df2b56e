#include <algorithm>

#include "agent/handlers/handlers.h"
#include "agent/ip_settings.h"

namespace agent {
namespace {

protocol::IpSettings SettingsOf(uint8_t index, const Interface& interface) {
  const stack::Ipv4Config& ip = interface.netif.ipv4();
  protocol::IpSettings settings{.interface = index,
                                .address = ip.address,
                                .mask = ip.mask,
                                .gateway = ip.gateway,
                                .dns = ip.dns};
  if (interface.dhcp.state() != stack::DhcpState::kStopped) {
    settings.source = protocol::AddressSource::kDhcp;
  } else if (interface.netif.has_ipv4()) {
    settings.source = protocol::AddressSource::kStatic;
  }
  return settings;
}

protocol::DhcpState StateOf(stack::DhcpState state) {
  switch (state) {
    case stack::DhcpState::kStopped:
      return protocol::DhcpState::kOff;
    case stack::DhcpState::kInit:
    case stack::DhcpState::kSelecting:
      return protocol::DhcpState::kSelecting;
    case stack::DhcpState::kRequesting:
    case stack::DhcpState::kRebooting:
      return protocol::DhcpState::kRequesting;
    case stack::DhcpState::kProbing:
      return protocol::DhcpState::kProbing;
    case stack::DhcpState::kBound:
      return protocol::DhcpState::kBound;
    case stack::DhcpState::kRenewing:
      return protocol::DhcpState::kRenewing;
    case stack::DhcpState::kRebinding:
      return protocol::DhcpState::kRebinding;
  }
  return protocol::DhcpState::kOff;
}

}  // namespace

base::Result<protocol::IpStatus> Handlers::Handle(protocol::GetIp,
                                                  const protocol::InterfaceReference& request) {
  Interface* const interface = core_.FindInterface(request.interface);
  if (interface == nullptr) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  const stack::DhcpClient& dhcp = interface->dhcp;
  protocol::IpStatus status{.settings = SettingsOf(request.interface, *interface),
                            .dhcp = StateOf(dhcp.state())};
  if (dhcp.has_lease()) {
    const base::Duration left = dhcp.lease_ends() - core_.now();
    status.dhcp_server = dhcp.lease().server;
    status.lease_s = dhcp.lease().lease_seconds;
    status.lease_left_s =
        dhcp.lease_ends() == base::kNever
            ? UINT32_MAX
            : static_cast<uint32_t>(std::max<int64_t>(left.count(), 0) / 1'000'000);
  }
  return status;
}

base::Result<protocol::Empty> Handlers::Handle(protocol::SetIp,
                                               const protocol::IpSettings& request) {
  Interface* const interface = core_.FindInterface(request.interface);
  if (interface == nullptr) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  switch (request.source) {
    case protocol::AddressSource::kDhcp:
      RETURN_IF_ERROR(StartDhcp(*interface));
      break;
    case protocol::AddressSource::kStatic: {
      const stack::Ipv4Config config{.address = request.address,
                                     .mask = request.mask,
                                     .gateway = request.gateway,
                                     .dns = request.dns};
      if (!IsHostConfig(config)) {
        return std::unexpected(base::Status::kInvalidArgument);
      }
      interface->dhcp.Stop(true);
      interface->netif.SetIpv4(config);
      break;
    }
    case protocol::AddressSource::kNone:
      interface->dhcp.Stop(true);
      interface->netif.SetIpv4({});
      break;
    default:
      return std::unexpected(base::Status::kInvalidArgument);
  }
  return protocol::Empty{};
}

}  // namespace agent
