#include "protocol/rtt_estimator.h"

namespace protocol {

void RttEstimator::OnSample(base::Duration sample) {
  if (smoothed_ == base::Duration(0)) {
    smoothed_ = sample;
    variation_ = sample / 2;
  } else {
    const base::Duration error = std::max(smoothed_ - sample, sample - smoothed_);
    variation_ += (error - variation_) / 4;
    smoothed_ += (sample - smoothed_) / 8;
  }
  timeout_ = std::max(kMinTimeout, smoothed_ + 4 * variation_);
}

void RttEstimator::BackOff() {
  timeout_ = std::max(timeout_, std::min(2 * timeout_, base::Duration(kMaxBackoff)));
}

}  // namespace protocol
