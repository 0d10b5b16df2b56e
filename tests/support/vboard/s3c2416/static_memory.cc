#include "tests/support/vboard/s3c2416/static_memory.h"

#include <algorithm>

#include "tests/support/vboard/hex.h"

namespace test::s3c2416 {
namespace {

// Of a bank.
constexpr uint32_t kReadWait = 0x04;
constexpr uint32_t kWriteWait = 0x08;
constexpr uint32_t kOutputEnableDelay = 0x0c;
constexpr uint32_t kWriteEnableDelay = 0x10;
constexpr uint32_t kControl = 0x14;
constexpr uint32_t kBanksEnd = 6 * 0x20;
constexpr uint32_t kStatus = 0x200;
constexpr uint32_t kCommonControl = 0x204;

constexpr uint32_t kHalfSpeed = 1u << 1;

}  // namespace

void StaticMemory::Reset() {
  registers_ = {};
  for (uint32_t bank = 0; bank < kBanksEnd; bank += 0x20) {
    registers_.at(bank / 4) = 0xf;
    registers_.at((bank + kReadWait) / 4) = 0x1f;
    registers_.at((bank + kWriteWait) / 4) = 0x1f;
    registers_.at((bank + kOutputEnableDelay) / 4) = 2;
    registers_.at((bank + kWriteEnableDelay) / 4) = 2;
    registers_.at((bank + kControl) / 4) = 0x0030'3020;
  }
  registers_.at(kCommonControl / 4) = 3;
}

uint32_t StaticMemory::Read(uint32_t offset) {
  if (offset > kCommonControl || (offset >= kBanksEnd && offset < kStatus)) {
    violations_.Add("no register of the static memory controller at offset " + Hex(offset));
    return 0;
  }
  return registers_.at(offset / 4);
}

void StaticMemory::Write(uint32_t offset, uint32_t value) {
  if (offset > kCommonControl || (offset >= kBanksEnd && offset <= kStatus)) {
    violations_.Add("no register of the static memory controller to write at offset " +
                    Hex(offset));
    return;
  }
  const uint32_t part = offset % 0x20;
  const uint32_t limit = part == kReadWait || part == kWriteWait ? 0x1f : 0xf;
  if (offset < kBanksEnd && part != kControl && value > limit) {
    violations_.Add("static memory controller: " + Hex(value) + " does not fit into offset " +
                    Hex(offset));
    value &= limit;
  }
  registers_.at(offset / 4) = value;
}

uint32_t StaticMemory::bank1_bytes() const { return 1u << (Bank1(kControl) >> 4 & 3); }

StaticMemory::Cycle StaticMemory::bank1_cycle(bool is_write) const {
  const uint32_t wait = Bank1(is_write ? kWriteWait : kReadWait);
  const uint32_t delay = Bank1(is_write ? kWriteEnableDelay : kOutputEnableDelay);
  const uint32_t scale = (registers_.at(kCommonControl / 4) & kHalfSpeed) != 0 ? 2 : 1;
  return {.pause = scale * delay,
          .strobe = scale * (wait > delay ? wait - delay : 0),
          .whole = scale * (std::max(wait, delay) + 1)};
}

}  // namespace test::s3c2416
