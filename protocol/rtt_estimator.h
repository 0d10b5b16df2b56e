// Smoothed round-trip time and retransmission time-out (RFC 6298).
#pragma once

#include <algorithm>

#include "stack/base/time.h"

namespace protocol {

class RttEstimator {
 public:
  static constexpr base::Duration kInitialTimeout = std::chrono::seconds(1);  // RFC 6298 (2.1)
  // Well above the time by which a receiver may delay its ACK. RFC 6298 asks for 1 s because of
  // congestion; a channel has one sender per direction and none.
  static constexpr base::Duration kMinTimeout = std::chrono::milliseconds(200);
  // Backing off ends here, so that a lease of 3 s sees several attempts.
  static constexpr base::Duration kMaxBackoff = std::chrono::milliseconds(500);

  // HELLO and its reply took `sample`. They are small and met an idle line: no time-out of this
  // session gets shorter than frames of the largest size would have taken.
  void OnHandshake(base::Duration sample);
  // `sample` belongs to a frame that was sent once (Karn's algorithm, RFC 6298 (3)).
  void OnSample(base::Duration sample);
  // A time-out passed without an ACK: doubles the time-out (RFC 6298 (5.5)).
  void BackOff();

  base::Duration timeout() const { return timeout_; }
  base::Duration smoothed() const { return smoothed_; }  // 0 before the first sample

 private:
  base::Duration smoothed_{0};
  base::Duration variation_{0};
  base::Duration floor_ = kMinTimeout;
  base::Duration timeout_ = kInitialTimeout;
};

}  // namespace protocol
