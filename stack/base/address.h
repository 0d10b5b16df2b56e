// Ethernet, IP and socket addresses. IpAddress is what sockets and messages name, so that IPv6 is
// an addition.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

#include "stack/base/bytes.h"
#include "stack/base/fields.h"

namespace base {

struct MacAddress {
  std::array<uint8_t, 6> octets{};

  constexpr bool is_broadcast() const {
    return *this == MacAddress{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
  }
  constexpr bool is_group() const { return (octets[0] & 1) != 0; }  // IEEE 802.3 3.2.3: I/G bit
  constexpr bool is_zero() const { return *this == MacAddress{}; }
  constexpr auto operator<=>(const MacAddress&) const = default;

  static constexpr auto kFields = FieldList{Field{"octets", &MacAddress::octets}};
};
inline constexpr MacAddress kMacBroadcast{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

struct Ipv4Address {
  uint32_t value = 0;  // host order: 192.0.2.1 is 0xc0000201

  static constexpr Ipv4Address From(uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
    return {static_cast<uint32_t>(a) << 24 | static_cast<uint32_t>(b) << 16 |
            static_cast<uint32_t>(c) << 8 | d};
  }
  // The mask with the first `length` bits set; `length` is 0 to 32.
  static constexpr Ipv4Address Mask(uint8_t length) {
    return {length == 0 ? 0 : ~uint32_t{0} << (32 - length)};
  }

  constexpr uint8_t octet(size_t index) const {
    return static_cast<uint8_t>(value >> (24 - 8 * index));
  }
  constexpr bool is_unspecified() const { return value == 0; }
  constexpr bool is_broadcast() const { return value == 0xffffffff; }  // RFC 919: limited broadcast
  constexpr bool is_multicast() const { return (value >> 28) == 0xe; }  // RFC 1112: 224.0.0.0/4
  constexpr bool is_loopback() const { return (value >> 24) == 127; }   // RFC 1122 3.2.1.3 (g)
  constexpr bool IsInSubnet(Ipv4Address network, Ipv4Address mask) const {
    return ((value ^ network.value) & mask.value) == 0;
  }
  constexpr auto operator<=>(const Ipv4Address&) const = default;

  static constexpr auto kFields = FieldList{Field{"value", &Ipv4Address::value}};
};
inline constexpr Ipv4Address kIpv4Broadcast{0xffffffff};

// Number of leading one bits of a contiguous mask: 255.255.255.0 is 24.
constexpr uint8_t PrefixLength(Ipv4Address mask) {
  return static_cast<uint8_t>(std::countl_one(mask.value));
}
constexpr bool IsContiguousMask(Ipv4Address mask) {
  return Ipv4Address::Mask(PrefixLength(mask)) == mask;
}

enum class IpVersion : uint8_t { kV4 = 4 };

struct IpAddress {
  IpVersion version = IpVersion::kV4;
  Ipv4Address v4;

  constexpr IpAddress() = default;
  constexpr IpAddress(Ipv4Address address) : v4(address) {}  // NOLINT(google-explicit-constructor)
  constexpr bool is_unspecified() const { return v4.is_unspecified(); }
  constexpr auto operator<=>(const IpAddress&) const = default;

  static constexpr auto kFields =
      FieldList{Field{"version", &IpAddress::version}, Field{"v4", &IpAddress::v4}};
};

struct SocketAddress {
  IpAddress ip;
  uint16_t port = 0;

  constexpr auto operator<=>(const SocketAddress&) const = default;
  static constexpr auto kFields =
      FieldList{Field{"ip", &SocketAddress::ip}, Field{"port", &SocketAddress::port}};
};

}  // namespace base
