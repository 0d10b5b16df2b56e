// User Datagram Protocol (RFC 768).
#pragma once

#include <cstdint>

#include "stack/base/fields.h"

namespace wire {

struct UdpHeader {
  uint16_t source_port = 0;
  uint16_t destination_port = 0;
  uint16_t length = 0;
  uint16_t checksum = 0;

  constexpr bool operator==(const UdpHeader&) const = default;
  static constexpr auto kFields = base::FieldList{
      base::Field{"source_port", &UdpHeader::source_port},
      base::Field{"destination_port", &UdpHeader::destination_port},
      base::Field{"length", &UdpHeader::length}, base::Field{"checksum", &UdpHeader::checksum}};
};
inline constexpr size_t kUdpHeaderSize = base::kWireSize<UdpHeader>;
static_assert(kUdpHeaderSize == 8);

}  // namespace wire
