// Frames as tests write and read them: what is not written down is right.
#pragma once

#include <optional>
#include <string_view>

#include "stack/base/address.h"
#include "stack/wire/arp.h"
#include "stack/wire/ethernet.h"
#include "stack/wire/icmp.h"
#include "stack/wire/ipv4.h"
#include "stack/wire/udp.h"
#include "tests/support/bytes.h"
#include "tests/support/fields_printer.h"

namespace test {

using base::Ipv4Address;
using base::MacAddress;

// "192.0.2.1"; "02:00:00:00:00:01".
consteval Ipv4Address operator""_ip(const char* text, size_t size) {
  Ipv4Address address;
  uint32_t octet = 0;
  for (size_t i = 0; i < size; ++i) {
    if (text[i] == '.') {
      address.value = address.value << 8 | octet;
      octet = 0;
    } else {
      octet = octet * 10 + static_cast<uint32_t>(text[i] - '0');
    }
  }
  address.value = address.value << 8 | octet;
  return address;
}
consteval MacAddress operator""_mac(const char* text, size_t size) {
  MacAddress address;
  for (size_t i = 0, nibble = 0; i < size; ++i) {
    if (text[i] != ':') {
      const int digit = text[i] <= '9' ? text[i] - '0' : text[i] - 'a' + 10;
      address.octets[nibble / 2] = static_cast<uint8_t>(address.octets[nibble / 2] << 4 | digit);
      ++nibble;
    }
  }
  return address;
}

// The bytes of a header followed by `payload`.
template <base::Described Header>
ByteVector WithHeader(const Header& header, base::ConstByteSpan payload) {
  ByteVector bytes(base::kWireSize<Header>);
  base::EncodeHeader(header, bytes.data());
  AppendTo(bytes, payload);
  return bytes;
}

ByteVector EthernetFrame(const wire::EthernetHeader& header, base::ConstByteSpan payload);
// Fills in total_length unless it is set, and the checksum unless it is set.
ByteVector Ipv4Packet(wire::Ipv4Header header, base::ConstByteSpan payload,
                      base::ConstByteSpan options = {});
// Fills in the checksum unless it is set.
ByteVector IcmpPacket(wire::IcmpHeader header, base::ConstByteSpan payload);
// Fills in length and checksum unless they are set.
ByteVector UdpPacket(wire::UdpHeader header, Ipv4Address source, Ipv4Address destination,
                     base::ConstByteSpan payload);

// One frame taken apart as far as it goes; padding is cut off.
struct Packet {
  wire::EthernetHeader ethernet;
  size_t frame_size = 0;
  std::optional<wire::ArpPacket> arp;
  std::optional<wire::Ipv4Header> ipv4;
  std::optional<wire::IcmpHeader> icmp;
  std::optional<wire::UdpHeader> udp;
  ByteVector payload;     // of the innermost header
  bool checksums = true;  // those of IPv4, ICMP and UDP are right

  std::string text() const { return ToText(payload); }
};
Packet ParseFrame(base::ConstByteSpan frame);

}  // namespace test
