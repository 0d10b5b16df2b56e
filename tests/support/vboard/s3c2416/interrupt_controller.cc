#include "tests/support/vboard/s3c2416/interrupt_controller.h"

#include <bit>

#include "tests/support/vboard/hex.h"

namespace test::s3c2416 {
namespace {

// Within a group; the second group is kGroup behind the first.
constexpr uint32_t kSource = 0x00;
constexpr uint32_t kMode = 0x04;
constexpr uint32_t kMask = 0x08;
constexpr uint32_t kPending = 0x10;
constexpr uint32_t kOffset = 0x14;
constexpr uint32_t kSubSource = 0x18;
constexpr uint32_t kSubMask = 0x1c;
constexpr uint32_t kPriorityMode = 0x30;
constexpr uint32_t kPriorityUpdate = 0x34;
constexpr uint32_t kGroup = 0x40;

constexpr uint32_t kSubSources = 0x1fff'ffff;
constexpr uint32_t kUart0Subs = 7;

}  // namespace

void InterruptController::Reset() {
  groups_ = {};
  groups_[0].mask = 0xffff'ffff;
  groups_[1].mask = 0xffff'ffff;
  sub_source_ = 0;
  sub_mask_ = kSubSources;
  sub_levels_ = 0;
}

void InterruptController::SetLevel(uint32_t source, bool is_on) {
  uint32_t& levels = groups_[0].levels;
  levels = (levels & ~(1u << source)) | (is_on ? 1u << source : 0);
  Arbitrate();
}

void InterruptController::SetSubLevel(uint32_t source, bool is_on) {
  sub_levels_ = (sub_levels_ & ~(1u << source)) | (is_on ? 1u << source : 0);
  Arbitrate();
}

void InterruptController::PulseSub(uint32_t source) {
  sub_source_ |= 1u << source;
  Arbitrate();
}

// One request at a time of each group goes to the core; it stays until INTPND is cleared.
void InterruptController::Arbitrate() {
  sub_source_ |= sub_levels_;
  if ((sub_source_ & ~sub_mask_ & kUart0Subs) != 0) {
    groups_[0].source |= 1u << kUart0;
  }
  for (Group& group : groups_) {
    group.source |= group.levels;
    const uint32_t asking = group.source & ~group.mask & ~group.mode;
    if (group.pending == 0 && asking != 0) {
      group.offset = static_cast<uint32_t>(std::countr_zero(asking));
      group.pending = 1u << group.offset;
    }
  }
}

bool InterruptController::fiq() const {
  const Group& group = groups_[0];
  return (group.source & ~group.mask & group.mode) != 0;
}

uint32_t InterruptController::Peek(uint32_t offset) {
  switch (offset) {
    case kSubSource:
      return sub_source_;
    case kSubMask:
      return sub_mask_;
    default:
      break;
  }
  const Group& group = groups_[offset >= kGroup ? 1 : 0];
  switch (offset % kGroup) {
    case kSource:
      return group.source;
    case kMode:
      return group.mode;
    case kMask:
      return group.mask;
    case kPending:
      return group.pending;
    case kOffset:
      return group.offset;
    case kPriorityMode:
      return group.priority_mode;
    case kPriorityUpdate:
      return group.priority_update;
    default:
      violations_.Add("no register of the interrupt controller at offset " + Hex(offset));
      return 0;
  }
}

uint32_t InterruptController::Read(uint32_t offset) {
  if (offset % kGroup == kOffset && groups_[offset / kGroup & 1].pending == 0) {
    violations_.Add("INTOFFSET read while INTPND is 0");
  }
  return Peek(offset);
}

void InterruptController::Write(uint32_t offset, uint32_t value) {
  if (offset == kSubSource) {
    sub_source_ &= ~value;
  } else if (offset == kSubMask) {
    sub_mask_ = value & kSubSources;
  } else {
    WriteGroup(groups_[offset >= kGroup ? 1 : 0], offset % kGroup, value);
  }
  Arbitrate();
}

void InterruptController::WriteGroup(Group& group, uint32_t offset, uint32_t value) {
  switch (offset) {
    case kSource:
      group.source &= ~value;
      return;
    case kMode:
      group.mode = value;
      if (std::popcount(value) > 1) {
        violations_.Add("INTMOD: more than one source is FIQ");
      }
      return;
    case kMask:
      group.mask = value;
      return;
    case kPending:
      group.pending &= ~value;
      return;
    case kPriorityMode:
      group.priority_mode = value;
      return;
    case kPriorityUpdate:
      group.priority_update = value;
      return;
    default:
      violations_.Add("no register of the interrupt controller to write at offset " + Hex(offset));
  }
}

}  // namespace test::s3c2416
