#include "tests/support/vprobe/mem_ap.h"

namespace test {
namespace {

constexpr uint32_t kIdr = 0x24770011;  // AHB-AP of a Cortex-M4
constexpr uint32_t kCswWritable = 0x7f000037;
constexpr uint32_t kCswDeviceEnabled = 1u << 6;
constexpr uint32_t kCswReset = 0x03000042;

uint32_t Mask(uint32_t width) { return width == 4 ? ~0u : (1u << (8 * width)) - 1; }

}  // namespace

void MemAp::PowerUp() {
  csw_ = kCswReset;
  tar_ = 0;
}

bool MemAp::Read(uint8_t address, uint32_t& value) {
  value = 0;
  if (locked_) {
    return false;
  }
  if ((address & 0xf0) == kApBankedData) {
    return Access(true, (tar_ & ~0xfu) | (address & 0xc), 4, value);
  }
  switch (address) {
    case kApCsw:
      value = csw_ | kCswDeviceEnabled;
      return true;
    case kApTar:
      value = tar_;
      return true;
    case kApDrw:
      return Transfer(true, value);
    case kApBase:
      value = kRomTable | 3;  // present, in ADIv5 format
      return true;
    case kApIdr:
      value = kIdr;
      return true;
    default:
      return true;
  }
}

bool MemAp::Write(uint8_t address, uint32_t value) {
  if (locked_) {
    return false;
  }
  if ((address & 0xf0) == kApBankedData) {
    return Access(false, (tar_ & ~0xfu) | (address & 0xc), 4, value);
  }
  switch (address) {
    case kApCsw:
      // A size that the bus does not have does not stick.
      csw_ = value & kCswWritable;
      csw_ = (csw_ & 7) > 2 ? (csw_ & ~7u) | 2 : csw_;
      return true;
    case kApTar:
      tar_ = value;
      return true;
    case kApDrw:
      return Transfer(false, value);
    default:
      return true;
  }
}

bool MemAp::Transfer(bool read, uint32_t& value) {
  const bool packed = increment() == Increment::kPacked;
  const uint32_t accesses = packed ? 4 / width() : 1;
  uint32_t result = 0;
  for (uint32_t i = 0; i < accesses; ++i) {
    const uint32_t lane = 8 * (tar_ & 3 & ~(width() - 1));
    uint32_t item = (value >> lane) & Mask(width());
    if (!Access(read, tar_, width(), item)) {
      return false;
    }
    result |= (item & Mask(width())) << lane;
    if (increment() != Increment::kOff) {
      tar_ = (tar_ & ~(wrap_ - 1)) | ((tar_ + width()) & (wrap_ - 1));
    }
  }
  value = read ? result : value;
  return true;
}

bool MemAp::Access(bool read, uint32_t address, uint32_t width, uint32_t& value) {
  if ((address & (width - 1)) != 0) {
    return false;
  }
  if (!DebugRegisters::Owns(address)) {
    return read ? bus_.Read(address, width, value) : bus_.Write(address, width, value);
  }
  const uint32_t shift = 8 * (address & 3);
  const uint32_t word_address = address & ~3u;
  if (read) {
    value = (debug_.Read(word_address) >> shift) & Mask(width);
    return true;
  }
  // The bus has words only there; parts of one are merged.
  const uint32_t rest = width == 4 ? 0 : debug_.Read(word_address) & ~(Mask(width) << shift);
  debug_.Write(word_address, rest | (value & Mask(width)) << shift);
  return true;
}

}  // namespace test
