// Address Resolution Protocol for IPv4 over Ethernet (RFC 826).
#pragma once

#include <cstdint>

#include "stack/base/address.h"
#include "stack/base/fields.h"

namespace wire {

inline constexpr uint16_t kArpHardwareEthernet = 1;
inline constexpr uint16_t kArpRequest = 1;
inline constexpr uint16_t kArpReply = 2;

struct ArpPacket {
  uint16_t hardware_type = kArpHardwareEthernet;
  uint16_t protocol_type = 0x0800;
  uint8_t hardware_size = 6;
  uint8_t protocol_size = 4;
  uint16_t operation = 0;
  base::MacAddress sender_mac;
  base::Ipv4Address sender_ip;
  base::MacAddress target_mac;
  base::Ipv4Address target_ip;

  // The only combination there is on Ethernet.
  constexpr bool is_ipv4_over_ethernet() const {
    return hardware_type == kArpHardwareEthernet && protocol_type == 0x0800 && hardware_size == 6 &&
           protocol_size == 4;
  }
  constexpr bool operator==(const ArpPacket&) const = default;
  static constexpr auto kFields =
      base::FieldList{base::Field{"hardware_type", &ArpPacket::hardware_type},
                      base::Field{"protocol_type", &ArpPacket::protocol_type},
                      base::Field{"hardware_size", &ArpPacket::hardware_size},
                      base::Field{"protocol_size", &ArpPacket::protocol_size},
                      base::Field{"operation", &ArpPacket::operation},
                      base::Field{"sender_mac", &ArpPacket::sender_mac},
                      base::Field{"sender_ip", &ArpPacket::sender_ip},
                      base::Field{"target_mac", &ArpPacket::target_mac},
                      base::Field{"target_ip", &ArpPacket::target_ip}};
};
inline constexpr size_t kArpPacketSize = base::kWireSize<ArpPacket>;
static_assert(kArpPacketSize == 28);

}  // namespace wire
