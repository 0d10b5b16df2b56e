// One network interface: a MAC, its name and its addresses.
#pragma once

#include <array>
#include <string_view>

#include "stack/base/address.h"
#include "stack/base/fields.h"
#include "stack/base/pbuf.h"
#include "stack/base/time.h"
#include "stack/device/ethernet_driver.h"

namespace stack {

struct Ipv4Config {
  base::Ipv4Address address;
  base::Ipv4Address mask;
  base::Ipv4Address gateway;  // 0.0.0.0: none
  std::array<base::Ipv4Address, 2> dns{};

  constexpr bool operator==(const Ipv4Config&) const = default;
  static constexpr auto kFields = base::FieldList{
      base::Field{"address", &Ipv4Config::address}, base::Field{"mask", &Ipv4Config::mask},
      base::Field{"gateway", &Ipv4Config::gateway}, base::Field{"dns", &Ipv4Config::dns}};
};

// Somebody else who was seen with our address (RFC 5227 2.4).
struct AddressConflict {
  base::MacAddress mac;
  base::Instant when = base::kNever;  // of the last one; kNever: none
};

class NetIf {
 public:
  // Both outlive the interface. `name` is for people, for example "eth0".
  NetIf(EthernetDriver& driver, std::string_view name) : driver_(driver), name_(name) {}
  NetIf(const NetIf&) = delete;
  NetIf& operator=(const NetIf&) = delete;

  const Ipv4Config& ipv4() const { return ipv4_; }
  // Takes effect at once. When the address or mask is another, the next Stack::Poll forgets the
  // neighbours and announces the address. An address of 0.0.0.0 takes the interface out of IPv4.
  void SetIpv4(const Ipv4Config& config) {
    address_changed_ |= config.address != ipv4_.address || config.mask != ipv4_.mask;
    ipv4_ = config;
    broadcast_.value = config.address.value | ~config.mask.value;
  }
  bool has_ipv4() const { return !ipv4_.address.is_unspecified(); }
  // All hosts of the subnet (RFC 922 7); RFC 3021 subnets of two hosts and single hosts have none.
  bool IsSubnetBroadcast(base::Ipv4Address address) const {
    return address == broadcast_ && ipv4_.mask.value < 0xfffffffe && has_ipv4();
  }

  EthernetDriver& driver() { return driver_; }
  const EthernetDriver& driver() const { return driver_; }
  const base::MacAddress& mac() const { return driver_.address(); }
  bool is_up() const { return driver_.link().is_up(); }
  uint16_t mtu() const { return kMtu; }
  std::string_view name() const { return name_; }
  const AddressConflict& conflict() const { return conflict_; }

  static constexpr uint16_t kMtu = 1500;  // RFC 894
  static_assert(kMtu + 14 == EthernetDriver::kMaxFrame);

 private:
  friend class Arp;
  friend class Ethernet;
  friend class Stack;

  EthernetDriver& driver_;
  std::string_view name_;
  Ipv4Config ipv4_;
  base::Ipv4Address broadcast_;
  bool address_changed_ = false;
  bool was_up_ = false;
  uint8_t announcements_left_ = 0;
  base::PbufQueue output_;  // frames that wait for room in the MAC
  AddressConflict conflict_;
  base::Instant defend_after_;  // no announcement of a conflict before this
};

}  // namespace stack
