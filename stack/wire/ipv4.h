// Internet Protocol version 4 (RFC 791).
#pragma once

#include <cstdint>

#include "stack/base/address.h"
#include "stack/base/checksum.h"
#include "stack/base/fields.h"

namespace wire {

// IANA protocol numbers.
inline constexpr uint8_t kProtocolIcmp = 1;
inline constexpr uint8_t kProtocolTcp = 6;
inline constexpr uint8_t kProtocolUdp = 17;

struct Ipv4Header {
  static constexpr uint16_t kReservedFlag = 0x8000;
  static constexpr uint16_t kDontFragment = 0x4000;
  static constexpr uint16_t kMoreFragments = 0x2000;
  static constexpr uint16_t kOffsetMask = 0x1fff;

  uint8_t version_and_size = 0x45;  // version, header length in 32-bit words
  uint8_t tos = 0;
  uint16_t total_length = 0;
  uint16_t identification = 0;
  uint16_t flags_and_offset = 0;
  uint8_t ttl = 0;
  uint8_t protocol = 0;
  uint16_t checksum = 0;
  base::Ipv4Address source;
  base::Ipv4Address destination;

  constexpr uint8_t version() const { return static_cast<uint8_t>(version_and_size >> 4); }
  constexpr size_t header_size() const { return size_t{4} * (version_and_size & 0xf); }
  constexpr size_t fragment_offset() const { return size_t{8} * (flags_and_offset & kOffsetMask); }
  constexpr bool more_fragments() const { return (flags_and_offset & kMoreFragments) != 0; }
  constexpr bool is_fragment() const {
    return (flags_and_offset & (kMoreFragments | kOffsetMask)) != 0;
  }
  constexpr bool operator==(const Ipv4Header&) const = default;
  static constexpr auto kFields =
      base::FieldList{base::Field{"version_and_size", &Ipv4Header::version_and_size},
                      base::Field{"tos", &Ipv4Header::tos},
                      base::Field{"total_length", &Ipv4Header::total_length},
                      base::Field{"identification", &Ipv4Header::identification},
                      base::Field{"flags_and_offset", &Ipv4Header::flags_and_offset},
                      base::Field{"ttl", &Ipv4Header::ttl},
                      base::Field{"protocol", &Ipv4Header::protocol},
                      base::Field{"checksum", &Ipv4Header::checksum},
                      base::Field{"source", &Ipv4Header::source},
                      base::Field{"destination", &Ipv4Header::destination}};
};
inline constexpr size_t kIpv4HeaderSize = base::kWireSize<Ipv4Header>;
static_assert(kIpv4HeaderSize == 20);

// The checksum of a header without options; its checksum field is not looked at (RFC 791 3.1).
constexpr uint16_t HeaderChecksum(const Ipv4Header& header) {
  const uint32_t sum = (uint32_t{header.version_and_size} << 8) + header.tos + header.total_length +
                       header.identification + header.flags_and_offset +
                       (uint32_t{header.ttl} << 8) + header.protocol + (header.source.value >> 16) +
                       (header.source.value & 0xffff) + (header.destination.value >> 16) +
                       (header.destination.value & 0xffff);
  return static_cast<uint16_t>(~base::FoldSum(sum));
}

// The sum of the pseudo header that UDP and TCP checksums cover (RFC 768, RFC 9293 3.1).
constexpr base::Sum PseudoHeaderSum(base::Ipv4Address source, base::Ipv4Address destination,
                                    uint8_t protocol, size_t length) {
  const uint32_t sum = (source.value >> 16) + (source.value & 0xffff) + (destination.value >> 16) +
                       (destination.value & 0xffff) + protocol + static_cast<uint32_t>(length);
  return base::WordToSum(base::FoldSum(sum));
}

}  // namespace wire
