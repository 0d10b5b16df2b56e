#include "tests/support/vboard/stm32f4/timer.h"

#include <algorithm>
#include <limits>

#include "tests/support/vboard/hex.h"

namespace test {
namespace {

constexpr uint32_t kControl = 0x00;
constexpr uint32_t kControl2 = 0x04;
constexpr uint32_t kSlaveMode = 0x08;
constexpr uint32_t kInterrupts = 0x0c;
constexpr uint32_t kStatus = 0x10;
constexpr uint32_t kEvents = 0x14;
constexpr uint32_t kCaptureMode1 = 0x18;
constexpr uint32_t kCaptureEnable = 0x20;
constexpr uint32_t kCounter = 0x24;
constexpr uint32_t kPrescaler = 0x28;
constexpr uint32_t kReload = 0x2c;
constexpr uint32_t kCompare1 = 0x34;
constexpr uint32_t kCompare4 = 0x40;

// CR1.
constexpr uint32_t kNoUpdate = 1u << 1;
constexpr uint32_t kOnlyOverflow = 1u << 2;  // URS
constexpr uint32_t kOnePulse = 1u << 3;
constexpr uint32_t kDirectionAndMode = 0x70;
constexpr uint32_t kReloadPreload = 1u << 7;

constexpr uint32_t kUpdateFlag = 1;

}  // namespace

void Timer::Reset() {
  control_ = 0;
  interrupts_ = 0;
  status_ = 0;
  counter_ = 0;
  prescaler_ = 0;
  active_prescaler_ = 0;
  reload_ = 0xffff'ffff;
  active_reload_ = 0xffff'ffff;
  clocks_ = 0;
  compare_ = {};
  modes_ = {};
}

uint64_t Timer::CountsTo(uint32_t value) const {
  const uint64_t period = uint64_t{active_reload_} + 1;
  if (counter_ < value) {
    return value - counter_;
  }
  return period - std::min<uint64_t>(counter_, period - 1) + value;
}

void Timer::Update() {
  active_prescaler_ = prescaler_;
  active_reload_ = reload_;
}

void Timer::Advance() {
  if (!is_counting()) {
    return;
  }
  clocks_ += ticks_.Take(clock_.now(), clock_hertz_());
  uint64_t counts = clocks_ / (uint64_t{active_prescaler_} + 1);
  // Two steps at most matter: to the overflow, and from it (a new prescaler changes the rate).
  while (counts > 0) {
    const uint64_t to_overflow = CountsTo(0);
    const uint64_t step = std::min(counts, to_overflow);
    for (uint32_t i = 0; i < kChannels; ++i) {
      if (compare_.at(i) <= active_reload_ && CountsTo(compare_.at(i)) <= step) {
        status_ |= 2u << i;
      }
    }
    clocks_ -= step * (uint64_t{active_prescaler_} + 1);
    if (step < to_overflow) {
      counter_ += static_cast<uint32_t>(step);
      return;
    }
    counter_ = 0;
    if ((control_ & kNoUpdate) == 0) {
      status_ |= kUpdateFlag;
      Update();
    }
    if ((control_ & kOnePulse) != 0) {
      control_ &= ~1u;
      return;
    }
    counts = clocks_ / (uint64_t{active_prescaler_} + 1);
  }
}

VirtualTime Timer::next_event() const {
  if (!is_counting()) {
    return kNever;
  }
  uint64_t counts = std::numeric_limits<uint64_t>::max();
  if ((interrupts_ & kUpdateFlag) != 0) {
    counts = CountsTo(0);
  }
  for (uint32_t i = 0; i < kChannels; ++i) {
    if ((interrupts_ & (2u << i)) != 0 && compare_.at(i) <= active_reload_) {
      counts = std::min(counts, CountsTo(compare_.at(i)));
    }
  }
  if (counts == std::numeric_limits<uint64_t>::max()) {
    return kNever;
  }
  return ticks_.After(counts * (uint64_t{active_prescaler_} + 1) - clocks_, clock_hertz_());
}

uint32_t Timer::Read(uint32_t offset) {
  switch (offset) {
    case kControl:
      return control_;
    case kInterrupts:
      return interrupts_;
    case kStatus:
      return status_;
    case kCounter:
      return counter_;
    case kPrescaler:
      return prescaler_;
    case kReload:
      return reload_;
    case kControl2:
    case kSlaveMode:
    case kEvents:
      return 0;
    default:
      break;
  }
  if (offset >= kCompare1 && offset <= kCompare4) {
    return compare_.at((offset - kCompare1) / 4);
  }
  if (offset >= kCaptureMode1 && offset <= kCaptureEnable) {
    return modes_.at((offset - kCaptureMode1) / 4);
  }
  violations_.Add("no register of " + name_ + " at offset " + Hex(offset));
  return 0;
}

void Timer::WriteControl(uint32_t value) {
  if ((value & kDirectionAndMode) != 0) {
    violations_.Add(name_ + " is modelled counting up only");
  }
  if (!is_counting() && (value & 1) != 0) {
    ticks_.Start(clock_.now());
  }
  control_ = value & 0x3ff;
}

void Timer::Write(uint32_t offset, uint32_t value) {
  if (offset >= kCompare1 && offset <= kCompare4) {
    compare_.at((offset - kCompare1) / 4) = value;
    return;
  }
  switch (offset) {
    case kControl:
      WriteControl(value);
      return;
    case kInterrupts:
      interrupts_ = value & 0x1f;
      return;
    case kStatus:
      status_ &= value;
      return;
    case kEvents:
      if ((value & kUpdateFlag) != 0) {
        counter_ = 0;
        clocks_ = 0;
        Update();
        status_ |= (control_ & (kOnlyOverflow | kNoUpdate)) == 0 ? kUpdateFlag : 0;
      }
      status_ |= value & 0x1e;
      return;
    case kCounter:
      counter_ = value;
      return;
    case kPrescaler:
      prescaler_ = value & 0xffff;
      return;
    case kReload:
      reload_ = value;
      active_reload_ = (control_ & kReloadPreload) != 0 ? active_reload_ : value;
      return;
    case kCaptureMode1:
    case kCaptureMode1 + 4:
    case kCaptureEnable:
      modes_.at((offset - kCaptureMode1) / 4) = value;
      return;
    default:
      violations_.Add(name_ + ": no modelled register to write at offset " + Hex(offset));
  }
}

}  // namespace test
