// Transmission Control Protocol (RFC 9293 3.1).
#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/base/fields.h"

namespace wire {

struct TcpHeader {
  static constexpr uint8_t kFin = 0x01;
  static constexpr uint8_t kSyn = 0x02;
  static constexpr uint8_t kRst = 0x04;
  static constexpr uint8_t kPsh = 0x08;
  static constexpr uint8_t kAck = 0x10;
  static constexpr uint8_t kUrg = 0x20;
  static constexpr uint8_t kEce = 0x40;  // RFC 3168
  static constexpr uint8_t kCwr = 0x80;

  uint16_t source_port = 0;
  uint16_t destination_port = 0;
  uint32_t sequence = 0;
  uint32_t acknowledgment = 0;
  uint16_t offset_and_flags = 0x5000;  // header length in 32-bit words, reserved, control bits
  uint16_t window = 0;
  uint16_t checksum = 0;
  uint16_t urgent_pointer = 0;

  constexpr size_t header_size() const { return size_t{4} * (offset_and_flags >> 12); }
  constexpr uint8_t flags() const { return static_cast<uint8_t>(offset_and_flags); }
  constexpr bool has(uint8_t flag) const { return (offset_and_flags & flag) != 0; }
  // `header_size` is a multiple of 4 between 20 and 60.
  static constexpr uint16_t OffsetAndFlags(size_t header_size, uint8_t flags) {
    return static_cast<uint16_t>(header_size << 10 | flags);
  }
  constexpr bool operator==(const TcpHeader&) const = default;
  static constexpr auto kFields =
      base::FieldList{base::Field{"source_port", &TcpHeader::source_port},
                      base::Field{"destination_port", &TcpHeader::destination_port},
                      base::Field{"sequence", &TcpHeader::sequence},
                      base::Field{"acknowledgment", &TcpHeader::acknowledgment},
                      base::Field{"offset_and_flags", &TcpHeader::offset_and_flags},
                      base::Field{"window", &TcpHeader::window},
                      base::Field{"checksum", &TcpHeader::checksum},
                      base::Field{"urgent_pointer", &TcpHeader::urgent_pointer}};
};
inline constexpr size_t kTcpHeaderSize = base::kWireSize<TcpHeader>;
inline constexpr size_t kTcpMaxHeaderSize = 60;
static_assert(kTcpHeaderSize == 20);
static_assert(TcpHeader::OffsetAndFlags(20, TcpHeader::kAck) == 0x5010);

}  // namespace wire
