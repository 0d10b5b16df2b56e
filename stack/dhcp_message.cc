#include "stack/dhcp_message.h"

#include <algorithm>
#include <utility>

namespace stack {
namespace {

using base::ConstByteSpan;
using base::Ipv4Address;
using base::Status;

constexpr uint32_t kForever = 0xffffffff;

void ReadAddress(ConstByteSpan value, Ipv4Address& address) {
  if (value.size() >= 4) {
    address.value = base::LoadBe32(value.data());
  }
}

void ReadAddresses(ConstByteSpan value, std::array<Ipv4Address, 2>& addresses) {
  ReadAddress(value, addresses[0]);
  if (value.size() >= 8) {
    ReadAddress(value.subspan(4), addresses[1]);
  }
}

void ReadU32(ConstByteSpan value, uint32_t& number) {
  if (value.size() == 4) {
    number = base::LoadBe32(value.data());
  }
}

// Length-based; servers may or may not count a terminator (RFC 2132 2), which is not part of it.
void ReadText(ConstByteSpan value, base::Text<kDhcpMaxDomain>& text) {
  std::string_view view(reinterpret_cast<const char*>(value.data()), value.size());
  text = view.substr(0, std::min(view.find('\0'), view.size()));
}

void ReadOption(const wire::DhcpOption& option, DhcpMessage& message) {
  DhcpLease& lease = message.lease;
  switch (option.code) {
    case wire::kDhcpMessageTypeOption:
      if (option.value.size() == 1) {
        message.type = static_cast<wire::DhcpMessageType>(option.value[0]);
      }
      return;
    case wire::kDhcpSubnetMask:
      return ReadAddress(option.value, lease.mask);
    case wire::kDhcpRouters:
      return ReadAddress(option.value, lease.gateway);
    case wire::kDhcpDnsServers:
      return ReadAddresses(option.value, lease.dns);
    case wire::kDhcpNtpServers:
      return ReadAddresses(option.value, lease.ntp);
    case wire::kDhcpBroadcastAddress:
      return ReadAddress(option.value, lease.broadcast);
    case wire::kDhcpServerIdentifier:
      return ReadAddress(option.value, lease.server);
    case wire::kDhcpLeaseTime:
      return ReadU32(option.value, lease.lease_seconds);
    case wire::kDhcpRenewalTime:
      return ReadU32(option.value, lease.renew_seconds);
    case wire::kDhcpRebindingTime:
      return ReadU32(option.value, lease.rebind_seconds);
    case wire::kDhcpDomainName:
      return ReadText(option.value, lease.domain);
    case wire::kDhcpInterfaceMtu:
      if (option.value.size() == 2) {
        lease.mtu = base::LoadBe16(option.value.data());
      }
      return;
    default:
      return;
  }
}

// RFC 791 2.3: the masks that addresses had before subnets, for servers that name none.
Ipv4Address ClassMask(Ipv4Address address) {
  return Ipv4Address::Mask(address.octet(0) < 128 ? 8 : address.octet(0) < 192 ? 16 : 24);
}

bool IsHost(Ipv4Address address, Ipv4Address network_of, Ipv4Address mask) {
  const uint32_t host = address.value & ~mask.value;
  return address.IsInSubnet(network_of, mask) &&
         (mask.value >= 0xfffffffe || (host != 0 && host != ~mask.value));
}

}  // namespace

base::Result<DhcpMessage> ParseDhcpMessage(ConstByteSpan bytes) {
  const auto header = base::Decode<wire::DhcpHeader, base::kNetworkOrder>(bytes);
  if (!header || header->op != wire::kBootReply || header->hardware_type != 1 ||
      header->hardware_size != 6 || header->cookie != wire::kDhcpCookie) {
    return std::unexpected(Status::kDataLoss);
  }
  DhcpMessage message{
      .type = wire::DhcpMessageType{},
      .xid = header->xid,
      .client_mac = header->client_mac,
      .lease = {.address = header->your_address, .next_server = header->next_server}};
  wire::DhcpOptionReader reader(bytes);
  while (const auto option = reader.Next()) {
    ReadOption(*option, message);
  }
  if (reader.malformed() || message.type == wire::DhcpMessageType{}) {
    return std::unexpected(Status::kDataLoss);
  }
  return message;
}

bool MakeUsable(DhcpLease& lease) {
  const uint8_t net = lease.address.octet(0);
  if (net == 0 || net == 127 || net >= 224 || lease.server.is_unspecified()) {
    return false;
  }
  if (lease.mask.is_unspecified()) {
    lease.mask = ClassMask(lease.address);
  }
  if (!base::IsContiguousMask(lease.mask) || !IsHost(lease.address, lease.address, lease.mask) ||
      lease.lease_seconds < kDhcpMinLeaseSeconds) {
    return false;
  }
  if (!IsHost(lease.gateway, lease.address, lease.mask) || lease.gateway == lease.address) {
    lease.gateway = {};
  }
  // RFC 2131 4.4.5: T1 < T2 < lease, by default 0.5 and 0.875 of it.
  const uint32_t end = lease.lease_seconds;
  if (lease.renew_seconds == 0 || lease.rebind_seconds >= end ||
      lease.renew_seconds >= lease.rebind_seconds) {
    lease.renew_seconds = end == kForever ? kForever : end / 2;
    lease.rebind_seconds = end == kForever ? kForever : end - end / 8;
  }
  return true;
}

}  // namespace stack
