#include "tests/support/vboard/s3c2416/pwm_timers.h"

#include <algorithm>

#include "tests/support/vboard/hex.h"

namespace test::s3c2416 {
namespace {

constexpr uint32_t kPrescalers = 0x00;
constexpr uint32_t kMultiplexers = 0x04;
constexpr uint32_t kControl = 0x08;
constexpr uint32_t kFirst = 0x0c;
constexpr uint32_t kStride = 0x0c;
constexpr uint32_t kBuffer4 = 0x3c;
constexpr uint32_t kCount4 = 0x40;

// Of a timer's bits in TCON.
constexpr uint32_t kStart = 1;
constexpr uint32_t kManual = 2;
constexpr uint32_t kReload = 4;

constexpr uint32_t kExternalClock = 4;  // TCFG1: from 4 on

}  // namespace

void PwmTimers::Reset() {
  prescalers_ = 0;
  multiplexers_ = 0;
  control_ = 0;
  timers_ = {};
}

// kStart, kManual, kReload. Timers 0 to 3 have an inverter between the last two.
uint32_t PwmTimers::Bits(uint32_t timer) const {
  if (timer == 4) {
    return control_ >> 20 & 7;
  }
  const uint32_t bits = control_ >> (timer == 0 ? 0 : 4 + 4 * timer);
  return (bits & 3) | (bits >> 1 & kReload);
}

uint32_t PwmTimers::Divider(uint32_t timer) const {
  const uint32_t prescaler = (timer < 2 ? prescalers_ : prescalers_ >> 8) & 0xff;
  const uint32_t choice = multiplexers_ >> (4 * timer) & 0xf;
  return (prescaler + 1) * (2u << std::min(choice, 3u));
}

void PwmTimers::Advance(uint32_t number) {
  Timer& timer = timers_.at(number);
  if (!timer.is_running) {
    return;
  }
  timer.left += timer.ticks.Take(clock_.now(), pclk_());
  const uint32_t divider = Divider(number);
  uint64_t counts = timer.left / divider;
  timer.left %= divider;
  while (counts > 0) {
    if (timer.count == 0) {
      if ((Bits(number) & kReload) == 0) {
        timer.is_running = false;
        return;
      }
      timer.count = timer.buffer;
      --counts;
      if (timer.count == 0) {
        on_zero_(number);
      }
      continue;
    }
    const uint64_t step = std::min<uint64_t>(counts, timer.count);
    timer.count -= static_cast<uint32_t>(step);
    counts -= step;
    if (timer.count == 0) {
      on_zero_(number);
    }
  }
}

void PwmTimers::Advance() {
  for (uint32_t i = 0; i < kTimers; ++i) {
    Advance(i);
  }
}

VirtualTime PwmTimers::next_event() const {
  VirtualTime next = kNever;
  for (uint32_t i = 0; i < kTimers; ++i) {
    const Timer& timer = timers_.at(i);
    if (timer.is_running) {
      const uint64_t counts = timer.count != 0 ? uint64_t{timer.count} : uint64_t{timer.buffer} + 1;
      next = std::min(next, timer.ticks.After(counts * Divider(i) - timer.left, pclk_()));
    }
  }
  return next;
}

uint32_t PwmTimers::Read(uint32_t offset) {
  switch (offset) {
    case kPrescalers:
      return prescalers_;
    case kMultiplexers:
      return multiplexers_;
    case kControl:
      return control_;
    case kBuffer4:
      return timers_[4].buffer;
    case kCount4:
      return timers_[4].count;
    default:
      break;
  }
  if (offset > kCount4) {
    violations_.Add("no register of the PWM timers at offset " + Hex(offset));
    return 0;
  }
  const Timer& timer = timers_.at((offset - kFirst) / kStride);
  switch ((offset - kFirst) % kStride) {
    case 0:
      return timer.buffer;
    case 4:
      return timer.compare;
    default:
      return timer.count;
  }
}

void PwmTimers::Write(uint32_t offset, uint32_t value) {
  switch (offset) {
    case kPrescalers:
      prescalers_ = value & 0x00ff'ffff;
      return;
    case kMultiplexers:
      multiplexers_ = value & 0x00ff'ffff;
      return;
    case kControl:
      WriteControl(value);
      return;
    case kBuffer4:
      timers_[4].buffer = value & 0xffff;
      return;
    default:
      break;
  }
  const uint32_t part = (offset - kFirst) % kStride;
  if (offset >= kBuffer4 || part == 8) {
    violations_.Add("no register of the PWM timers to write at offset " + Hex(offset));
    return;
  }
  Timer& timer = timers_.at((offset - kFirst) / kStride);
  (part == 0 ? timer.buffer : timer.compare) = value & 0xffff;
}

void PwmTimers::WriteControl(uint32_t value) {
  control_ = value & 0x007f'ff1f;
  for (uint32_t i = 0; i < kTimers; ++i) {
    Timer& timer = timers_.at(i);
    const uint32_t bits = Bits(i);
    if ((bits & kManual) != 0) {
      timer.count = timer.buffer;
      timer.left = 0;
      if ((bits & kStart) != 0) {
        violations_.Add("TCON: timer " + std::to_string(i) +
                        " starts with its manual update still set");
      }
    }
    const bool starts = (bits & kStart) != 0 && !timer.is_running;
    timer.is_running = (bits & kStart) != 0;
    if (starts) {
      timer.ticks.Start(clock_.now());
      timer.left = 0;
      if ((multiplexers_ >> (4 * i) & 0xf) >= kExternalClock) {
        violations_.Add("timer " + std::to_string(i) + " counts a clock from outside");
      }
    }
  }
}

}  // namespace test::s3c2416
