#include "protocol/rtt_estimator.h"

namespace protocol {
namespace {

// Bytes of two frames of the largest size over bytes of HELLO and its reply.
constexpr int kHandshakeFactor = 6;

}  // namespace

void RttEstimator::OnHandshake(base::Duration sample) {
  floor_ = std::max(kMinTimeout, kHandshakeFactor * sample);
  timeout_ = floor_;
}

void RttEstimator::OnSample(base::Duration sample) {
  if (smoothed_ == base::Duration(0)) {
    smoothed_ = sample;
    variation_ = sample / 2;
  } else {
    const base::Duration error = std::max(smoothed_ - sample, sample - smoothed_);
    variation_ += (error - variation_) / 4;
    smoothed_ += (sample - smoothed_) / 8;
  }
  timeout_ = std::max(floor_, smoothed_ + 4 * variation_);
}

void RttEstimator::BackOff() {
  timeout_ = std::max(timeout_, std::min(2 * timeout_, base::Duration(kMaxBackoff)));
}

}  // namespace protocol
