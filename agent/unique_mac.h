// A MAC address for a board without one of its own.
#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/base/address.h"
#include "stack/base/bytes.h"

namespace agent {

// Locally administered, individual (IEEE 802-2014, 8.2), and the same for the same chip: 46 bits of
// a hash (FNV-1a) of its unique id, whose bytes by themselves are much alike within a batch.
constexpr base::MacAddress MacOfUniqueId(base::ConstByteSpan unique_id) {
  uint64_t hash = 14695981039346656037u;
  for (const std::byte byte : unique_id) {
    hash = (hash ^ std::to_integer<uint64_t>(byte)) * 1099511628211u;
  }
  const auto octet = [hash](unsigned index) { return static_cast<uint8_t>(hash >> (8 * index)); };
  constexpr uint8_t kGroup = 1;
  constexpr uint8_t kLocal = 2;
  return {{static_cast<uint8_t>((octet(7) & ~kGroup) | kLocal), octet(6), octet(5), octet(4),
           octet(3), octet(2)}};
}

}  // namespace agent
