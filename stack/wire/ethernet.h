// Ethernet II framing (IEEE 802.3 3.2).
#pragma once

#include <cstdint>

#include "stack/base/address.h"
#include "stack/base/fields.h"

namespace wire {

// Values of EthernetHeader::type; below kMinEtherType the field is an IEEE 802.3 length.
inline constexpr uint16_t kEtherTypeIpv4 = 0x0800;
inline constexpr uint16_t kEtherTypeArp = 0x0806;
inline constexpr uint16_t kMinEtherType = 0x0600;

// Shortest frame without FCS (IEEE 802.3 4A.4.2: 64 bytes with it); shorter ones are padded.
inline constexpr size_t kMinFrame = 60;

struct EthernetHeader {
  base::MacAddress destination;
  base::MacAddress source;
  uint16_t type = 0;

  constexpr bool operator==(const EthernetHeader&) const = default;
  static constexpr auto kFields = base::FieldList{
      base::Field{"destination", &EthernetHeader::destination},
      base::Field{"source", &EthernetHeader::source}, base::Field{"type", &EthernetHeader::type}};
};
inline constexpr size_t kEthernetHeaderSize = base::kWireSize<EthernetHeader>;
static_assert(kEthernetHeaderSize == 14);

}  // namespace wire
