// What scripts/mutate puts around each condition: the condition, unless it is the one falsified.
#pragma once

#include <cstdint>

namespace mutation {

enum class Kind : uint8_t { kFlipped, kAlways, kNever };
inline constexpr uint32_t kKinds = 3;

struct Mutant {
  uint32_t condition = UINT32_MAX;  // none
  Kind kind = Kind::kFlipped;
};

extern Mutant active;
// One byte for each condition, set when it is evaluated; nullptr: nobody wants to know.
extern uint8_t* reached;

inline bool Evaluate(uint32_t condition, bool value) {
  if (reached != nullptr) {
    reached[condition] = 1;
  }
  if (condition != active.condition) {
    return value;
  }
  return active.kind == Kind::kFlipped ? !value : active.kind == Kind::kAlways;
}

// At compile time nothing is falsified.
constexpr bool Condition(uint32_t condition, bool value) {
  if consteval {
    return value;
  } else {
    return Evaluate(condition, value);
  }
}

}  // namespace mutation
