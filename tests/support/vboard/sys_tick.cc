#include "tests/support/vboard/sys_tick.h"

namespace test {
namespace {

constexpr uint32_t kControl = 0x0;
constexpr uint32_t kReload = 0x4;
constexpr uint32_t kValue = 0x8;
constexpr uint32_t kCalibration = 0xc;

constexpr uint32_t kTickInterrupt = 1u << 1;
constexpr uint32_t kCoreClock = 1u << 2;
constexpr uint32_t kCountFlag = 1u << 16;
constexpr uint32_t kControlBits = 7;
constexpr uint32_t kCounterBits = 0xff'ffff;
constexpr uint32_t kCalibrationValue = 18'750;  // RM0090 12.1.3: 1 ms at 18.75 MHz

}  // namespace

void SysTick::Reset() {
  control_ = 0;
  reload_ = 0;
  value_ = 0;
  count_flag_ = false;
}

uint32_t SysTick::hertz() const {
  return (control_ & kCoreClock) != 0 ? clock_.hclk() : clock_.hclk() / 8;
}

void SysTick::Advance() {
  if (!is_enabled()) {
    return;
  }
  uint64_t ticks = ticks_.Take(clock_.now(), hertz());
  if (ticks == 0) {
    return;
  }
  if (reload_ == 0 && value_ == 0) {
    return;  // B3.3.1: a reload value of 0 stops the counter
  }
  const uint64_t to_zero = ticks_to_zero();
  if (ticks < to_zero) {
    value_ = static_cast<uint32_t>(to_zero - ticks);
    return;
  }
  const uint64_t period = uint64_t{reload_} + 1;
  const uint64_t rest = (ticks - to_zero) % period;
  value_ = rest == 0 ? 0 : static_cast<uint32_t>(period - rest);
  count_flag_ = true;
  if ((control_ & kTickInterrupt) != 0) {
    nvic_.Pend(kExceptionSysTick);
  }
}

VirtualTime SysTick::next_event() const {
  if (!is_enabled() || (control_ & kTickInterrupt) == 0 || (reload_ == 0 && value_ == 0)) {
    return kNever;
  }
  return ticks_.After(ticks_to_zero(), hertz());
}

uint32_t SysTick::Read(uint32_t offset) {
  Advance();
  switch (offset) {
    case kControl: {
      const uint32_t value = control_ | (count_flag_ ? kCountFlag : 0);
      count_flag_ = false;
      return value;
    }
    case kReload:
      return reload_;
    case kValue:
      return value_;
    case kCalibration:
      return kCalibrationValue;
    default:
      return 0;
  }
}

void SysTick::Write(uint32_t offset, uint32_t value) {
  Advance();
  switch (offset) {
    case kControl:
      control_ = value & kControlBits;
      ticks_.Start(clock_.now());
      return;
    case kReload:
      reload_ = value & kCounterBits;
      return;
    case kValue:
      value_ = 0;  // whatever was written
      count_flag_ = false;
      return;
    default:
      return;
  }
}

}  // namespace test
