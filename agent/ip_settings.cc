#include "agent/ip_settings.h"

namespace agent {
namespace {

// Not 0/8, not loopback, not class D or E.
bool IsUnicast(base::Ipv4Address address) {
  const uint8_t first = address.octet(0);
  return first != 0 && first != 127 && first < 224;
}

bool IsNoneOrUnicast(base::Ipv4Address address) {
  return address.is_unspecified() || IsUnicast(address);
}

}  // namespace

bool IsHostConfig(const stack::Ipv4Config& config) {
  const uint32_t host_bits = ~config.mask.value;
  const uint32_t host = config.address.value & host_bits;
  if (!IsUnicast(config.address) || !base::IsContiguousMask(config.mask) ||
      config.mask.is_unspecified()) {
    return false;
  }
  // The first and the last address name the subnet and all its hosts, except in subnets of two
  // hosts (RFC 3021) and of one.
  if (host_bits > 1 && (host == 0 || host == host_bits)) {
    return false;
  }
  const bool gateway_fits =
      config.gateway.is_unspecified() ||
      (config.gateway.IsInSubnet(config.address, config.mask) && config.gateway != config.address);
  return gateway_fits && IsNoneOrUnicast(config.dns[0]) && IsNoneOrUnicast(config.dns[1]);
}

base::Status StartDhcp(Interface& interface) {
  if (interface.dhcp.state() != stack::DhcpState::kStopped) {
    interface.dhcp.Stop(true);
  }
  return interface.dhcp.Start();
}

}  // namespace agent
