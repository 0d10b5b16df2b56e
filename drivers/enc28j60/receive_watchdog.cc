#include "drivers/enc28j60/receive_watchdog.h"

#include <algorithm>

namespace drivers::enc28j60 {

Remedy ReceiveWatchdog::Look(base::Instant now, const ReceiveEvidence& evidence) {
  if (HasHeard(evidence) || !evidence.link_up) {
    stuck_looks_ = 0;
    since_ = now;
    sent_ = evidence.sent;
    return Remedy::kNone;
  }
  stuck_looks_ = static_cast<uint8_t>(evidence.is_stuck ? stuck_looks_ + 1 : 0);
  const bool is_deaf = evidence.sent - sent_ >= kUnansweredFrames && now - since_ >= patience_;
  if (stuck_looks_ < kStuckLooks && !is_deaf) {
    return Remedy::kNone;
  }
  const Remedy remedy = next_;
  next_ = remedy == Remedy::kRestartReceiver ? Remedy::kRestartChip : Remedy::kRestartReceiver;
  patience_ = std::clamp(2 * patience_, kNextPatience, kLongestPatience);
  stuck_looks_ = 0;
  since_ = now;
  sent_ = evidence.sent;
  return remedy;
}

bool ReceiveWatchdog::HasHeard(const ReceiveEvidence& evidence) {
  if (evidence.received == received_) {
    return false;
  }
  received_ = evidence.received;
  patience_ = kFirstPatience;
  next_ = Remedy::kRestartReceiver;
  return true;
}

}  // namespace drivers::enc28j60
