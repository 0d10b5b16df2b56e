#include "drivers/phy/cable_test.h"

namespace drivers {
namespace {

constexpr base::CablePair kFailedPair{.state = base::CableState::kFailed};

}  // namespace

void CableTest::Begin() {
  phase_ = Phase::kSelect;
  pair_ = 0;
  pairs_ = {};
}

base::Instant CableTest::Step(Phy& phy, const PhyCableTest& how, base::Instant now) {
  switch (phase_) {
    case Phase::kSelect:
      if (how.select(phy, pair_) != base::Status::kOk) {
        return Finish(kFailedPair, now);
      }
      phase_ = Phase::kStart;
      return now + how.settle;
    case Phase::kStart:
      if (how.start(phy) != base::Status::kOk) {
        return Finish(kFailedPair, now);
      }
      phase_ = Phase::kMeasure;
      deadline_ = now + kMeasureLimit;
      return now + kLookPeriod;
    case Phase::kMeasure: {
      const auto measured = how.read(phy);
      if (!measured && measured.error() == base::Status::kUnavailable && now < deadline_) {
        return now + kLookPeriod;
      }
      return Finish(measured.value_or(kFailedPair), now);
    }
    case Phase::kDone:
      break;
  }
  return now;
}

base::Instant CableTest::Finish(base::CablePair pair, base::Instant now) {
  pairs_[pair_] = pair;
  ++pair_;
  phase_ = pair_ == kCablePairs ? Phase::kDone : Phase::kSelect;
  return now;
}

}  // namespace drivers
