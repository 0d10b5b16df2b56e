#include "tests/support/vboard/stm32f4/flash_controller.h"

#include <algorithm>

#include "tests/support/vboard/hex.h"

namespace test {
namespace {

constexpr uint32_t kAccessControl = 0x00;
constexpr uint32_t kKey = 0x04;
constexpr uint32_t kOptionKey = 0x08;
constexpr uint32_t kStatus = 0x0c;
constexpr uint32_t kControl = 0x10;
constexpr uint32_t kOptionControl = 0x14;

constexpr uint32_t kKey1 = 0x4567'0123;
constexpr uint32_t kKey2 = 0xcdef'89ab;
constexpr uint32_t kOptionKey1 = 0x0819'2a3b;
constexpr uint32_t kOptionKey2 = 0x4c5d'6e7f;

// SR.
constexpr uint32_t kEndOfOperation = 1u << 0;
constexpr uint32_t kAlignmentError = 1u << 5;
constexpr uint32_t kParallelismError = 1u << 6;
constexpr uint32_t kSequenceError = 1u << 7;
constexpr uint32_t kErrors = 0xf2;
constexpr uint32_t kBusy = 1u << 16;

// CR.
constexpr uint32_t kProgramming = 1u << 0;
constexpr uint32_t kSectorErase = 1u << 1;
constexpr uint32_t kMassErase = 1u << 2;
constexpr uint32_t kStart = 1u << 16;
constexpr uint32_t kEndInterrupt = 1u << 24;
constexpr uint32_t kErrorInterrupt = 1u << 25;
constexpr uint32_t kLock = 1u << 31;
constexpr uint32_t kControlBits = 0x37f | kEndInterrupt | kErrorInterrupt;

constexpr uint32_t kOptionReset = 0x0fff'aaed;
constexpr uint32_t kAccessBits = 0x1f07;

// DS8626 table 42 says 16 us for a word, 250 ms to 2 s for a sector.
constexpr VirtualTime kProgramTime = 2 * kMicrosecond;
constexpr VirtualTime kEraseTime = 2 * kMillisecond;

}  // namespace

std::span<std::byte> FlashController::SectorOf(std::span<std::byte> memory, uint32_t sector) {
  constexpr uint32_t kKibi = 1024;
  if (sector < 4) {
    return memory.subspan(sector * 16 * kKibi, 16 * kKibi);
  }
  if (sector == 4) {
    return memory.subspan(64 * kKibi, 64 * kKibi);
  }
  return memory.subspan((sector - 4) * 128 * kKibi, 128 * kKibi);
}

void FlashController::Reset() {
  access_control_ = 0;
  status_ = 0;
  control_ = kLock;
  option_control_ = kOptionReset;
  option_key_step_ = 0;
  key_step_ = 0;
  is_locked_up_ = false;
  busy_until_ = 0;
}

bool FlashController::is_locked() const { return (control_ & kLock) != 0; }

uint32_t FlashController::Read(uint32_t offset) {
  switch (offset) {
    case kAccessControl:
      return access_control_;
    case kStatus:
      return status_ | (is_busy() ? kBusy : 0);
    case kControl:
      return control_ | (is_busy() && (control_ & (kSectorErase | kMassErase)) != 0 ? kStart : 0);
    case kOptionControl:
      return option_control_;
    case kKey:
    case kOptionKey:
      return 0;
    default:
      violations_.Add("no register of the flash interface to read at offset " + Hex(offset));
      return 0;
  }
}

void FlashController::Write(uint32_t offset, uint32_t value) {
  switch (offset) {
    case kAccessControl:
      access_control_ = value & kAccessBits;
      return;
    case kKey:
      WriteKey(value);
      return;
    case kOptionKey:
      option_key_step_ = value == kOptionKey1                            ? 1
                         : value == kOptionKey2 && option_key_step_ == 1 ? 2
                                                                         : 0;
      option_control_ = option_key_step_ == 2 ? option_control_ & ~1u : option_control_;
      return;
    case kStatus:
      status_ &= ~value;
      return;
    case kControl:
      WriteControl(value);
      return;
    case kOptionControl:
      if ((value & 1) != 0) {
        option_control_ |= 1;
        return;
      }
      violations_.Add("option bytes are not modelled");
      return;
    default:
      violations_.Add("no register of the flash interface to write at offset " + Hex(offset));
  }
}

// RM0090 3.6.1: anything but the two keys in their order locks the register up.
void FlashController::WriteKey(uint32_t value) {
  const uint32_t expected = key_step_ == 0 ? kKey1 : kKey2;
  if (is_locked_up_ || !is_locked() || value != expected) {
    violations_.Add("FLASH_KEYR: wrong key or order");
    is_locked_up_ = true;
    control_ |= kLock;
    return;
  }
  key_step_ = (key_step_ + 1) % 2;
  if (key_step_ == 0) {
    control_ &= ~kLock;
  }
}

void FlashController::WriteControl(uint32_t value) {
  if (is_locked()) {
    violations_.Add("FLASH_CR written while locked");
    return;
  }
  if (is_busy()) {
    violations_.Add("FLASH_CR written while busy");
  }
  control_ = value & (kControlBits | kLock);
  if ((value & kStart) != 0) {
    Erase();
  }
}

void FlashController::Erase() {
  const uint32_t sector = control_ >> 3 & 0xf;
  const bool one = (control_ & kSectorErase) != 0;
  const bool all = (control_ & kMassErase) != 0;
  if (one == all || (control_ & kProgramming) != 0 || (one && sector >= kSectors)) {
    violations_.Add("FLASH_CR.STRT without exactly one erase of a sector that exists");
    status_ |= kSequenceError;
    return;
  }
  const std::span<std::byte> cells = one ? SectorOf(memory_, sector) : memory_;
  std::ranges::fill(cells, std::byte{0xff});
  const auto begin = static_cast<uint32_t>(cells.data() - memory_.data());
  Finish({.begin = begin, .end = begin + static_cast<uint32_t>(cells.size())}, kEraseTime);
}

void FlashController::Finish(Range changed, VirtualTime duration) {
  const bool is_first = changed_.begin == changed_.end;
  changed_ = is_first ? changed
                      : Range{.begin = std::min(changed_.begin, changed.begin),
                              .end = std::max(changed_.end, changed.end)};
  busy_until_ = clock_.now() + duration;
  status_ |= (control_ & kEndInterrupt) != 0 ? kEndOfOperation : 0;
}

void FlashController::Program(uint32_t offset, uint32_t width, uint32_t value) {
  const uint32_t parallelism = 1u << (control_ >> 8 & 3);
  uint32_t error = 0;
  if (is_locked() || (control_ & kProgramming) == 0 ||
      (control_ & (kSectorErase | kMassErase)) != 0) {
    error = kSequenceError;
  } else if (width != parallelism) {
    error = kParallelismError;
  } else if (offset % width != 0) {
    error = kAlignmentError;
  }
  if (error != 0) {
    status_ |= error & kErrors;
    violations_.Add("flash not programmable, error flag " + Hex(error) + ", at " +
                    Hex(kBase + offset));
    return;
  }
  for (uint32_t i = 0; i < width; ++i) {
    memory_[offset + i] &= static_cast<std::byte>(value >> (8 * i));
  }
  Finish({.begin = offset, .end = offset + width}, kProgramTime);
}

}  // namespace test
