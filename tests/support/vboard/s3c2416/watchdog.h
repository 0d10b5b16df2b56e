// Watch-dog timer of the S3C2416 (user's manual: WTCON, WTDAT, WTCNT). It runs after a reset.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "tests/support/vboard/board_clock.h"
#include "tests/support/vboard/hex.h"
#include "tests/support/vboard/peripheral.h"
#include "tests/support/vboard/violations.h"

namespace test::s3c2416 {

class Watchdog final : public Peripheral {
 public:
  Watchdog(std::function<uint32_t()> pclk, const BoardClock& clock, Violations& violations)
      : pclk_(std::move(pclk)), clock_(clock), violations_(violations) {}

  void Reset() override {
    control_ = 0x8021;
    data_ = 0x8000;
    count_ = 0x8000;
    has_bitten_ = false;
    Start();
  }
  uint32_t Read(uint32_t offset) override {
    switch (offset) {
      case 0:
        return control_;
      case 4:
        return data_;
      case 8:
        return is_running() ? count_ - static_cast<uint32_t>(Passed()) : count_;
      default:
        violations_.Add("no register of the watch-dog at offset " + Hex(offset));
        return 0;
    }
  }
  void Write(uint32_t offset, uint32_t value) override {
    count_ = Read(8);
    if (offset == 0) {
      control_ = value & 0xff3d;
    } else if (offset == 4) {
      data_ = value & 0xffff;
    } else if (offset == 8) {
      count_ = value & 0xffff;
    } else {
      violations_.Add("no register of the watch-dog to write at offset " + Hex(offset));
    }
    Start();
  }
  void Advance() override {
    if (is_running() && Passed() >= count_) {
      has_bitten_ = (control_ & 1) != 0;
      count_ = data_;
      Start();
    }
  }
  VirtualTime next_event() const override {
    return is_running() ? started_ + DurationOf(uint64_t{count_} * Divider(), pclk_()) : kNever;
  }
  // It ran out and resets the chip; since the last call.
  bool TakeBite() { return std::exchange(has_bitten_, false); }

 private:
  bool is_running() const { return (control_ >> 5 & 1) != 0; }
  uint32_t Divider() const { return ((control_ >> 8) + 1) * (16u << (control_ >> 3 & 3)); }
  uint64_t Passed() const { return TicksIn(clock_.now() - started_, pclk_()) / Divider(); }
  void Start() { started_ = clock_.now(); }

  std::function<uint32_t()> pclk_;
  const BoardClock& clock_;
  Violations& violations_;
  uint32_t control_ = 0;
  uint32_t data_ = 0;
  uint32_t count_ = 0;
  VirtualTime started_ = 0;
  bool has_bitten_ = false;
};

}  // namespace test::s3c2416
