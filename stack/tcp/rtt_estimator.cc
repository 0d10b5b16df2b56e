#include "stack/tcp/rtt_estimator.h"

#include <algorithm>

namespace stack {

void RttEstimator::OnSample(base::Duration rtt) {
  // At most what the scaled sums hold.
  const auto sample = static_cast<int32_t>(std::clamp<int64_t>(rtt.count(), 0, int64_t{kMaxRtoUs}));
  if (srtt_eighths_ == 0) {
    srtt_eighths_ = static_cast<uint32_t>(sample) << 3;
    rttvar_quarters_ = static_cast<uint32_t>(sample) << 1;
  } else {
    // RFC 6298 2.3 in integers: SRTT += (R - SRTT) / 8, RTTVAR += (|R - SRTT| - RTTVAR) / 4.
    const int32_t error = sample - static_cast<int32_t>(srtt_eighths_ >> 3);
    const uint32_t distance = static_cast<uint32_t>(error < 0 ? -error : error);
    srtt_eighths_ = static_cast<uint32_t>(static_cast<int32_t>(srtt_eighths_) + error);
    rttvar_quarters_ += distance - (rttvar_quarters_ >> 2);
  }
  srtt_eighths_ = std::max<uint32_t>(srtt_eighths_, 1);  // 0 would be "no measurement"
  rto_us_ = std::min(srtt_us() + std::max(rttvar_quarters_, kMinVarianceUs), kMaxRtoUs);
}

void RttEstimator::OnSynLost() {
  if (srtt_eighths_ == 0) {
    rto_us_ = kRtoAfterSynLossUs;
  }
}

base::Duration RttEstimator::rto() const {
  const uint64_t backed_off = uint64_t{rto_us_} << backoff_;
  return base::Duration(static_cast<int64_t>(std::min<uint64_t>(backed_off, kMaxRtoUs)));
}

}  // namespace stack
