// Round-trip time and retransmission timeout (RFC 6298).
#pragma once

#include <cstdint>

#include "stack/base/time.h"

namespace stack {

// Two departures from RFC 6298, as most hosts have them: the variance term is at least kMinVariance
// instead of the whole timeout 1 s (2.4), which still covers a peer's delayed ACK; and the backoff
// ends with the first ACK of new data, not with the first valid sample.
class RttEstimator {
 public:
  static constexpr uint32_t kInitialRtoUs = 1'000'000;       // RFC 6298 2.1
  static constexpr uint32_t kRtoAfterSynLossUs = 3'000'000;  // RFC 6298 5.7
  static constexpr uint32_t kMinVarianceUs = 200'000;
  static constexpr uint32_t kMaxRtoUs = 60'000'000;  // RFC 6298 2.5

  // A measurement of a segment that was sent once (Karn's algorithm is the caller's part).
  void OnSample(base::Duration rtt);
  // The timer expired: doubles the timeout (RFC 6298 5.5).
  void OnTimeout() { backoff_ = static_cast<uint8_t>(backoff_ + (backoff_ < kMaxBackoff)); }
  void ClearBackoff() { backoff_ = 0; }
  // The handshake needed a retransmission: a longer timeout until the first measurement.
  void OnSynLost();

  base::Duration rto() const;
  uint32_t srtt_us() const { return srtt_eighths_ >> 3; }
  uint32_t rttvar_us() const { return rttvar_quarters_ >> 2; }
  uint8_t backoff() const { return backoff_; }

 private:
  static constexpr uint8_t kMaxBackoff = 16;

  uint32_t srtt_eighths_ = 0;  // 0: no measurement yet
  uint32_t rttvar_quarters_ = 0;
  uint32_t rto_us_ = kInitialRtoUs;
  uint8_t backoff_ = 0;
};

}  // namespace stack
