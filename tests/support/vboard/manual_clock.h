// Time that passes only when a test says so.
#pragma once

#include "tests/support/vboard/board_clock.h"

namespace test {

class ManualClock final : public BoardClock {
 public:
  VirtualTime now() const override { return now_; }
  uint32_t hclk() const override { return hclk_; }
  void Pass(VirtualTime duration) { now_ += duration; }
  void SetHclk(uint32_t hertz) { hclk_ = hertz; }

 private:
  VirtualTime now_ = 0;
  uint32_t hclk_ = 168'000'000;
};

}  // namespace test
