#include "tests/support/vprobe/debug_registers.h"

#include <utility>
#include <vector>

namespace test {
namespace {

constexpr uint32_t kBlockSize = 0x1000;
constexpr uint32_t kItm = 0xe0000000;
constexpr uint32_t kDwt = 0xe0001000;
constexpr uint32_t kFpb = 0xe0002000;
constexpr uint32_t kScs = 0xe000e000;
constexpr uint32_t kRemembered = kHaltRequest | kStepRequest | kDebugEnable | 0x28;
constexpr uint32_t kLargestRegister = 20;  // CONTROL to PRIMASK

// Reset values: ARMv7-M B3.2, C1.8, C1.11; Cortex-M4 TRM r0p1 table 9-1 (ROM table entries).
struct Fixed {
  uint32_t address;
  uint32_t value;
};
constexpr Fixed kFixed[] = {
    {0xe000ed00, 0x410fc241},  // CPUID: Cortex-M4 r0p1
    {kAircr, 0xfa050000},      // the key reads inverted
    {0xe000ed14, 0x00000200},  // CCR: STKALIGN
    {kDwt, 0x40000000},        // DWT_CTRL: 4 comparators
    {kRomTable + 0x00, 0xfff0f003},
    {kRomTable + 0x04, 0xfff02003},
    {kRomTable + 0x08, 0xfff03003},
    {kRomTable + 0x0c, 0xfff01003},
    {kRomTable + 0x10, 0xfff41002},  // TPIU and ETM: not fitted
    {kRomTable + 0x14, 0xfff42002},
    {kRomTable + 0xfcc, 1},  // the system memory is on this bus
};

// Peripheral and component identification at the end of a block (CoreSight v2.0 B2.2).
struct Identification {
  uint32_t block;
  uint8_t part;
  uint8_t part_and_designer;
  uint8_t designer_and_revision;
  uint8_t component_class;
};
constexpr Identification kIdentifications[] = {
    {kItm, 0x01, 0xb0, 0x3b, 0xe0},      {kDwt, 0x02, 0xb0, 0x3b, 0xe0},
    {kFpb, 0x03, 0xb0, 0x2b, 0xe0},      {kScs, 0x00, 0xb0, 0x0b, 0xe0},
    {kRomTable, 0xc4, 0xb4, 0x0b, 0x10},
};
constexpr uint32_t kIdentificationOffset = 0xfd0;

uint32_t ReadIdentification(uint32_t block, uint32_t offset) {
  for (const Identification& id : kIdentifications) {
    if (id.block != block) {
      continue;
    }
    const uint8_t values[] = {4,
                              0,
                              0,
                              0,
                              id.part,
                              id.part_and_designer,
                              id.designer_and_revision,
                              0,
                              0x0d,
                              id.component_class,
                              0x05,
                              0xb1};
    return values[(offset - kIdentificationOffset) / 4];
  }
  return 0;
}

}  // namespace

bool DebugRegisters::Owns(uint32_t address) {
  const uint32_t block = address & ~(kBlockSize - 1);
  return block == kItm || block == kDwt || block == kFpb || block == kScs || block == kRomTable;
}

uint32_t DebugRegisters::Read(uint32_t address) {
  const uint32_t block = address & ~(kBlockSize - 1);
  const uint32_t offset = address - block;
  if (offset >= kIdentificationOffset) {
    return ReadIdentification(block, offset);
  }
  switch (address) {
    case kDhcsr:
      return ReadDhcsr();
    case kDcrdr:
      return dcrdr_;
    case kDemcr:
      return demcr_;
    case kDfsr:
      return ReadDfsr();
    default:
      break;
  }
  if (block == kFpb) {
    return ReadFpb(offset);
  }
  for (const Fixed& fixed : kFixed) {
    if (fixed.address == address) {
      return fixed.value;
    }
  }
  const auto other = others_.find(address);
  return other == others_.end() ? 0 : other->second;
}

void DebugRegisters::Write(uint32_t address, uint32_t value) {
  switch (address) {
    case kDhcsr:
      WriteDhcsr(value);
      return;
    case kDcrsr:
      WriteDcrsr(value);
      return;
    case kDcrdr:
      dcrdr_ = value;
      return;
    case kDemcr:
      demcr_ = value;
      return;
    case kDfsr:
      dfsr_ = ReadDfsr() & ~value;
      return;
    case kAircr:
      if ((value & 0xffff0000) == kAircrKey &&
          (value & (kSystemResetRequest | kVectorReset)) != 0) {
        Reset();
      }
      return;
    default:
      break;
  }
  const uint32_t block = address & ~(kBlockSize - 1);
  if (block == kFpb) {
    WriteFpb(address - block, value);
  } else if (block != kRomTable) {
    others_[address] = value;
  }
}

void DebugRegisters::Reset() {
  const bool halt = (demcr_ & kCatchReset) != 0 && (control_ & kDebugEnable) != 0;
  control_ &= ~(kHaltRequest | kStepRequest);
  reset_seen_ = true;
  ++resets_;
  dcrdr_ = 0;
  core_.Reset(halt);
  if (halt) {
    control_ |= kHaltRequest;
    dfsr_ |= kDfsrVectorCatch;
  }
}

void DebugRegisters::PowerUp() {
  control_ = demcr_ = dfsr_ = 0;
  breakpoints_on_ = false;
  comparators_ = {};
  others_.clear();
  ApplyBreakpoints();
  Reset();
}

uint32_t DebugRegisters::ReadDhcsr() {
  uint32_t value = control_ | kRegisterReady;
  if (core_.halted()) {
    value |= kHalted | kHaltRequest;
    static_cast<void>(ReadDfsr());
  }
  if (std::exchange(reset_seen_, false)) {
    value |= kResetSeen;
  }
  return value;
}

void DebugRegisters::WriteDhcsr(uint32_t value) {
  if ((value & 0xffff0000) != kDhcsrKey) {
    return;
  }
  control_ = value & kRemembered;
  const bool enabled = (value & kDebugEnable) != 0;
  const bool halted = core_.halted();
  if (enabled && (value & kHaltRequest) != 0) {
    if (!halted) {
      core_.Halt();
      dfsr_ |= kDfsrHalted;
    }
    return;
  }
  if (!halted) {
    return;
  }
  if (enabled && (value & kStepRequest) != 0) {
    core_.Step();
    dfsr_ |= kDfsrHalted;
    return;
  }
  core_.Resume();
}

void DebugRegisters::WriteDcrsr(uint32_t value) {
  constexpr uint32_t kWrite = 1u << 16;
  const uint32_t number = value & 0x7f;
  if (!core_.halted() || number > kLargestRegister) {
    return;
  }
  if ((value & kWrite) != 0) {
    core_.WriteRegister(number, dcrdr_);
  } else {
    dcrdr_ = core_.ReadRegister(number);
  }
}

uint32_t DebugRegisters::ReadDfsr() {
  if (core_.TakeBreakpointHit()) {
    dfsr_ |= kDfsrBreakpoint;
  }
  return dfsr_;
}

// FPB version 1 (C1.11): REPLACE chooses the halfwords of a word in the code region.
void DebugRegisters::ApplyBreakpoints() {
  std::vector<uint32_t> addresses;
  for (const uint32_t comparator : comparators_) {
    if (!breakpoints_on_ || (comparator & 1) == 0) {
      continue;
    }
    const uint32_t address = comparator & 0x1ffffffc;
    if ((comparator & (1u << 30)) != 0) {
      addresses.push_back(address);
    }
    if ((comparator & (1u << 31)) != 0) {
      addresses.push_back(address + 2);
    }
  }
  core_.SetBreakpoints(addresses);
}

uint32_t DebugRegisters::ReadFpb(uint32_t offset) const {
  if (offset == 0) {
    return 0x260u | (breakpoints_on_ ? 1u : 0u);  // 2 literal and 6 code comparators
  }
  const uint32_t index = (offset - 8) / 4;
  return offset >= 8 && index < comparators_.size() ? comparators_[index] : 0;
}

void DebugRegisters::WriteFpb(uint32_t offset, uint32_t value) {
  constexpr uint32_t kKey = 1u << 1;
  const uint32_t index = (offset - 8) / 4;
  if (offset == 0 && (value & kKey) != 0) {
    breakpoints_on_ = (value & 1) != 0;
  } else if (offset >= 8 && index < comparators_.size()) {
    comparators_[index] = value;
  } else {
    return;
  }
  ApplyBreakpoints();
}

}  // namespace test
