#include "tests/support/vboard/system_control.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "tests/support/vboard/hex.h"

namespace test {
namespace {

// Offsets from kScsBase.
constexpr uint32_t kAuxiliaryControl = 0x008;
constexpr uint32_t kSysTick = 0x010;
constexpr uint32_t kSysTickEnd = 0x020;
constexpr uint32_t kNvic = 0x100;
constexpr uint32_t kNvicEnd = 0x4f0;
constexpr uint32_t kCpuId = 0xd00;
constexpr uint32_t kInterruptControl = 0xd04;
constexpr uint32_t kVectorTable = 0xd08;
constexpr uint32_t kResetControl = 0xd0c;
constexpr uint32_t kSleepControl = 0xd10;
constexpr uint32_t kConfiguration = 0xd14;
constexpr uint32_t kPriorities1 = 0xd18;
constexpr uint32_t kPriorities3 = 0xd20;
constexpr uint32_t kHandlerControl = 0xd24;
constexpr uint32_t kFaultStatus = 0xd28;
constexpr uint32_t kHardFaultStatus = 0xd2c;
constexpr uint32_t kDebugFaultStatus = 0xd30;
constexpr uint32_t kMemManageAddress = 0xd34;
constexpr uint32_t kBusFaultAddress = 0xd38;
constexpr uint32_t kAuxiliaryFault = 0xd3c;
constexpr uint32_t kCoprocessors = 0xd88;
constexpr uint32_t kMpuType = 0xd90;
constexpr uint32_t kMpuControl = 0xd94;
constexpr uint32_t kMpuRegion = 0xd98;
constexpr uint32_t kMpuBase = 0xd9c;
constexpr uint32_t kMpuSize = 0xda0;
constexpr uint32_t kDebugHalting = 0xdf0;
constexpr uint32_t kDebugMonitor = 0xdfc;
constexpr uint32_t kSoftwareTrigger = 0xf00;
constexpr uint32_t kFpContextControl = 0xf34;
constexpr uint32_t kMediaFeatures0 = 0xf40;
constexpr uint32_t kMediaFeatures1 = 0xf44;

// Registers that may be written and do nothing here.
constexpr uint32_t kWithoutEffect[] = {kAuxiliaryControl, kDebugFaultStatus, kMemManageAddress,
                                       kAuxiliaryFault, kDebugHalting};

// Offsets from kDwtBase.
constexpr uint32_t kDwtControl = 0x0;
constexpr uint32_t kDwtCycles = 0x4;

constexpr uint32_t kKey = 0x05fa;
constexpr uint32_t kKeyRead = 0xfa05;
constexpr uint32_t kResetRequest = 1u << 2;
constexpr uint32_t kStackAlign = 1u << 9;
constexpr uint32_t kBusFaultAddressValid = 1u << 15;  // CFSR.BFARVALID
constexpr uint32_t kPreciseDataFault = 1u << 9;       // CFSR.PRECISERR

}  // namespace

void SystemControl::Reset() {
  sys_tick_.Reset();
  nvic_.Reset();
  vector_table_ = 0;
  group_ = 0;
  sleep_control_ = 0;
  configuration_ = kStackAlign;
  cfsr_ = 0;
  hfsr_ = 0;
  coprocessors_ = 0;
  fp_context_control_ = 0xc000'0000;
  mpu_control_ = 0;
  wants_reset_ = false;
  // DEMCR and DWT keep their settings: only a power-on reset clears them (C1.6.5).
}

bool SystemControl::TakeResetRequest() { return std::exchange(wants_reset_, false); }

void SystemControl::RecordBusFault(uint32_t address) {
  cfsr_ |= kPreciseDataFault | kBusFaultAddressValid;
  bus_fault_address_ = address;
}

uint32_t SystemControl::Read(uint32_t address) {
  if (address - kDwtBase < kBlockSize) {
    return ReadDwt(address - kDwtBase);
  }
  const uint32_t offset = address - kScsBase;
  if (offset >= kSysTick && offset < kSysTickEnd) {
    return sys_tick_.Read(offset - kSysTick);
  }
  if (offset >= kNvic && offset < kNvicEnd) {
    return nvic_.Read(offset);
  }
  return ReadBlock(offset);
}

void SystemControl::Write(uint32_t address, uint32_t value) {
  if (address - kDwtBase < kBlockSize) {
    WriteDwt(address - kDwtBase, value);
    return;
  }
  const uint32_t offset = address - kScsBase;
  if (offset >= kSysTick && offset < kSysTickEnd) {
    sys_tick_.Write(offset - kSysTick, value);
  } else if (offset >= kNvic && offset < kNvicEnd) {
    nvic_.Write(offset, value);
  } else {
    WriteBlock(offset, value);
  }
}

uint32_t SystemControl::InterruptControl() const {
  uint32_t active = 0;
  uint32_t count = 0;
  for (uint32_t i = kExceptionNmi; i < Nvic::kExceptions; ++i) {
    if (nvic_.is_active(i)) {
      ++count;
      // The one with the highest priority is the one that runs.
      active = active == 0 || nvic_.Priority(i) < nvic_.Priority(active) ? i : active;
    }
  }
  const uint32_t pending = nvic_.HighestPending();
  return active | (count <= 1 ? 1u << 11 : 0) | (pending << 12) |
         (pending >= kExceptionInterrupt0 ? 1u << 22 : 0) |
         (nvic_.is_pending(kExceptionSysTick) ? 1u << 26 : 0) |
         (nvic_.is_pending(kExceptionPendSv) ? 1u << 28 : 0);
}

void SystemControl::WriteInterruptControl(uint32_t value) {
  struct Bit {
    uint32_t number;
    uint32_t exception;
    bool sets;
  };
  static constexpr Bit kBits[] = {{25, kExceptionSysTick, false},
                                  {26, kExceptionSysTick, true},
                                  {27, kExceptionPendSv, false},
                                  {28, kExceptionPendSv, true},
                                  {31, kExceptionNmi, true}};
  for (const Bit& bit : kBits) {
    if ((value >> bit.number & 1) == 0) {
      continue;
    }
    if (bit.sets) {
      nvic_.Pend(bit.exception);
    } else {
      nvic_.ClearPending(bit.exception);
    }
  }
}

void SystemControl::WriteResetControl(uint32_t value) {
  if (value >> 16 != kKey) {
    violations_.Add("AIRCR written without its key");
    return;
  }
  group_ = value >> 8 & 7;
  nvic_.SetPriorityGrouping(group_);
  wants_reset_ = wants_reset_ || (value & kResetRequest) != 0;
}

uint32_t SystemControl::HandlerControl() const {
  const auto bit = [](bool is_set, uint32_t number) { return is_set ? 1u << number : 0u; };
  return bit(nvic_.is_active(kExceptionMemManage), 0) |
         bit(nvic_.is_active(kExceptionBusFault), 1) |
         bit(nvic_.is_active(kExceptionUsageFault), 3) | bit(nvic_.is_active(kExceptionSvCall), 7) |
         bit(nvic_.is_active(kExceptionPendSv), 10) | bit(nvic_.is_active(kExceptionSysTick), 11) |
         bit(nvic_.is_enabled(kExceptionMemManage), 16) |
         bit(nvic_.is_enabled(kExceptionBusFault), 17) |
         bit(nvic_.is_enabled(kExceptionUsageFault), 18);
}

uint32_t SystemControl::ReadPriorities(uint32_t first) const {
  uint32_t value = 0;
  for (uint32_t i = 0; i < 4; ++i) {
    value |= nvic_.priority_byte(first + i) << (8 * i);
  }
  return value;
}

uint32_t SystemControl::ReadBlock(uint32_t offset) const {
  if (offset >= kPriorities1 && offset <= kPriorities3) {
    return ReadPriorities(4 + offset - kPriorities1);
  }
  switch (offset) {
    case kCpuId:
      return 0x410f'c241;  // Cortex-M4 r0p1
    case kInterruptControl:
      return InterruptControl();
    case kVectorTable:
      return vector_table_;
    case kResetControl:
      return (kKeyRead << 16) | (group_ << 8);
    case kSleepControl:
      return sleep_control_;
    case kConfiguration:
      return configuration_;
    case kHandlerControl:
      return HandlerControl();
    case kFaultStatus:
      return cfsr_;
    case kHardFaultStatus:
      return hfsr_;
    case kBusFaultAddress:
      return bus_fault_address_;
    case kCoprocessors:
      return coprocessors_;
    case kMpuType:
      return 8u << 8;  // regions
    case kMpuControl:
      return mpu_control_;
    case kMpuRegion:
      return mpu_region_;
    case kMpuBase:
      return mpu_base_.at(mpu_region_);
    case kMpuSize:
      return mpu_size_.at(mpu_region_);
    case kDebugMonitor:
      return demcr_;
    case kFpContextControl:
      return fp_context_control_;
    case kMediaFeatures0:
      return 0x1011'0021;
    case kMediaFeatures1:
      return 0x1100'0011;
    default:
      return 0;
  }
}

void SystemControl::WriteVectorTable(uint32_t value) {
  if (value % 512 != 0) {
    violations_.Add("VTOR " + Hex(value) + " is not aligned to the 98 vectors");
  }
  vector_table_ = value & 0x3fff'ff80;
}

void SystemControl::WriteMpu(uint32_t offset, uint32_t value) {
  switch (offset) {
    case kMpuControl:
      mpu_control_ = value & 7;
      return;
    case kMpuRegion:
      mpu_region_ = value & 7;
      return;
    case kMpuBase:
      mpu_region_ = (value & 0x10) != 0 ? value & 7 : mpu_region_;
      mpu_base_.at(mpu_region_) = (value & ~0x1fu) | mpu_region_;
      return;
    default:
      mpu_size_.at(mpu_region_) = value;
      return;
  }
}

void SystemControl::WriteBlock(uint32_t offset, uint32_t value) {
  if (offset >= kPriorities1 && offset <= kPriorities3) {
    for (uint32_t i = 0; i < 4; ++i) {
      nvic_.SetPriority(4 + offset - kPriorities1 + i, value >> (8 * i) & 0xff);
    }
    return;
  }
  if (offset >= kMpuControl && offset <= kMpuSize) {
    WriteMpu(offset, value);
    return;
  }
  switch (offset) {
    case kInterruptControl:
      WriteInterruptControl(value);
      return;
    case kVectorTable:
      WriteVectorTable(value);
      return;
    case kResetControl:
      WriteResetControl(value);
      return;
    case kSleepControl:
      sleep_control_ = value;
      return;
    case kConfiguration:
      configuration_ = value;
      return;
    case kHandlerControl:
      nvic_.Enable(kExceptionMemManage, (value >> 16 & 1) != 0);
      nvic_.Enable(kExceptionBusFault, (value >> 17 & 1) != 0);
      nvic_.Enable(kExceptionUsageFault, (value >> 18 & 1) != 0);
      return;
    case kFaultStatus:
      cfsr_ &= ~value;
      return;
    case kHardFaultStatus:
      hfsr_ &= ~value;
      return;
    case kCoprocessors:
      coprocessors_ = value;
      return;
    case kDebugMonitor:
      demcr_ = value;
      return;
    case kSoftwareTrigger:
      if ((value & 0x1ff) < Nvic::kInterrupts) {
        nvic_.Pend(kExceptionInterrupt0 + (value & 0x1ff));
      }
      return;
    case kFpContextControl:
      fp_context_control_ = value;
      return;
    default:
      if (std::ranges::find(kWithoutEffect, offset) != std::end(kWithoutEffect)) {
        return;
      }
      violations_.Add("no system control register to write at " + Hex(kScsBase + offset));
  }
}

uint32_t SystemControl::ReadDwt(uint32_t offset) const {
  if (offset == kDwtControl) {
    return 0x4000'0000 | dwt_control_;  // 4 comparators
  }
  if (offset != kDwtCycles) {
    return 0;
  }
  const bool counts = is_trace_enabled() && (dwt_control_ & 1) != 0;
  return cycles_ +
         (counts ? static_cast<uint32_t>(TicksIn(clock_.now() - cycles_from_, clock_.hclk())) : 0);
}

void SystemControl::WriteDwt(uint32_t offset, uint32_t value) {
  if (!is_trace_enabled()) {
    violations_.Add("DWT written without DEMCR.TRCENA");
    return;
  }
  if (offset == kDwtControl) {
    cycles_ = ReadDwt(kDwtCycles);
    dwt_control_ = value & 0x0fff'ffff;
    cycles_from_ = clock_.now();
  } else if (offset == kDwtCycles) {
    cycles_ = value;
    cycles_from_ = clock_.now();
  }
}

}  // namespace test
