// One run of a PHY's cable test over both pairs. A state machine that Step drives; the link is down
// meanwhile, and the PHY wants a reset behind it.
//
//   select pair -> settle -> start -> read until done, or 1 s -> next pair
#pragma once

#include <array>
#include <cstdint>

#include "drivers/phy/phy_models.h"

namespace drivers {

inline constexpr uint8_t kCablePairs = 2;
using CablePairs = std::array<base::CablePair, kCablePairs>;

class CableTest {
 public:
  static constexpr base::Duration kMeasureLimit{1'000'000};
  static constexpr base::Duration kLookPeriod{10'000};

  void Begin();
  // Moves on. Returns when to call again; now: it is done. Errors of MdioBus make the pair
  // kFailed.
  base::Instant Step(Phy& phy, const PhyCableTest& how, base::Instant now);

  bool is_running() const { return phase_ != Phase::kDone; }
  const CablePairs& pairs() const { return pairs_; }

 private:
  enum class Phase : uint8_t { kSelect, kStart, kMeasure, kDone };

  base::Instant Finish(base::CablePair pair, base::Instant now);

  Phase phase_ = Phase::kDone;
  uint8_t pair_ = 0;
  base::Instant deadline_;
  CablePairs pairs_;
};

}  // namespace drivers
