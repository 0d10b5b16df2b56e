// Time that passes only when a test says so.
#pragma once

#include "tests/support/vboard/board_clock.h"

namespace test {

class ManualClock final : public BoardClock {
 public:
  VirtualTime now() const override { return now_; }
  uint32_t hclk() const override { return 168'000'000; }
  void Pass(VirtualTime duration) { now_ += duration; }

 private:
  VirtualTime now_ = 0;
};

}  // namespace test
