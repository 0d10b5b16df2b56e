// A board's clock for tests of one chip: it goes on when the test, or its bus, says so.
#pragma once

#include "tests/support/vboard/board_clock.h"

namespace test {

class ManualClock final : public BoardClock {
 public:
  VirtualTime now() const override { return now_; }
  uint32_t hclk() const override { return 100'000'000; }
  void Advance(VirtualTime duration) { now_ += duration; }

 private:
  VirtualTime now_ = 0;
};

}  // namespace test
