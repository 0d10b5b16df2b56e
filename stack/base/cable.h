// What a PHY measured about the cable at its connector.
#pragma once

#include <cstdint>

#include "stack/base/fields.h"

namespace base {

enum class CableState : uint8_t {
  kNotTested,
  kGood,   // no reflection: terminated at the other end
  kOpen,   // a wire ends
  kShort,  // the wires of the pair touch
  kFailed  // no measurement, for example because the partner does not stop sending
};

struct CablePair {
  CableState state = CableState::kNotTested;
  uint16_t distance_cm = 0;  // to the fault; 0 when there is none. A few metres off at worst.

  constexpr bool operator==(const CablePair&) const = default;
  static constexpr auto kFields =
      FieldList{Field{"state", &CablePair::state}, Field{"distance_cm", &CablePair::distance_cm}};
};

}  // namespace base
