// Decides when a receiver that hears nothing is to be restarted. The ENC28J60 is known to go deaf
// without a word: no interrupt, no packet counted, until its receiver or all of it is reset.
#pragma once

#include <cstdint>

#include "stack/base/time.h"

namespace drivers::enc28j60 {

// What was seen at one look.
struct ReceiveEvidence {
  bool link_up = false;
  uint32_t received = 0;  // frames since the start
  uint32_t sent = 0;      // likewise
  // No packet is counted, and yet the ring's write pointer moved or the ring ran over.
  bool is_stuck = false;
};

enum class Remedy : uint8_t { kNone, kRestartReceiver, kRestartChip };

// Either the chip contradicts itself at two looks in a row, or several frames were sent and nothing
// was heard for long. Silence alone says nothing. The receiver comes first, the chip next, and
// while nothing helps (nobody may be there) the patience doubles.
class ReceiveWatchdog {
 public:
  static constexpr uint8_t kStuckLooks = 2;
  static constexpr uint32_t kUnansweredFrames = 3;
  static constexpr base::Duration kFirstPatience = std::chrono::seconds(10);
  static constexpr base::Duration kNextPatience = std::chrono::seconds(60);
  static constexpr base::Duration kLongestPatience = std::chrono::minutes(10);

  Remedy Look(base::Instant now, const ReceiveEvidence& evidence);

 private:
  bool HasHeard(const ReceiveEvidence& evidence);

  uint32_t received_ = 0;
  uint32_t sent_ = 0;  // when `since_` was set
  base::Instant since_;
  base::Duration patience_ = kFirstPatience;
  uint8_t stuck_looks_ = 0;
  Remedy next_ = Remedy::kRestartReceiver;
};

}  // namespace drivers::enc28j60
