// Internet Control Message Protocol (RFC 792).
#pragma once

#include <cstdint>

#include "stack/base/fields.h"

namespace wire {

inline constexpr uint8_t kIcmpEchoReply = 0;
inline constexpr uint8_t kIcmpUnreachable = 3;
inline constexpr uint8_t kIcmpEchoRequest = 8;
inline constexpr uint8_t kIcmpTimeExceeded = 11;
inline constexpr uint8_t kIcmpParameterProblem = 12;

// Codes of kIcmpUnreachable.
inline constexpr uint8_t kUnreachableNet = 0;
inline constexpr uint8_t kUnreachableHost = 1;
inline constexpr uint8_t kUnreachableProtocol = 2;
inline constexpr uint8_t kUnreachablePort = 3;
inline constexpr uint8_t kUnreachableFragmentationNeeded = 4;

// Codes of kIcmpTimeExceeded.
inline constexpr uint8_t kTimeExceededTransit = 0;
inline constexpr uint8_t kTimeExceededReassembly = 1;

struct IcmpHeader {
  uint8_t type = 0;
  uint8_t code = 0;
  uint16_t checksum = 0;
  uint16_t identifier = 0;  // echo; else unused
  uint16_t sequence = 0;    // echo; next-hop MTU of "fragmentation needed" (RFC 1191 4)

  constexpr bool operator==(const IcmpHeader&) const = default;
  static constexpr auto kFields = base::FieldList{
      base::Field{"type", &IcmpHeader::type}, base::Field{"code", &IcmpHeader::code},
      base::Field{"checksum", &IcmpHeader::checksum},
      base::Field{"identifier", &IcmpHeader::identifier},
      base::Field{"sequence", &IcmpHeader::sequence}};
};
inline constexpr size_t kIcmpHeaderSize = base::kWireSize<IcmpHeader>;
static_assert(kIcmpHeaderSize == 8);

}  // namespace wire
