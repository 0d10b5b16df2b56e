// How time passes on the chip, and what its bus masters reach.
#include <algorithm>
#include <chrono>
#include <cstring>

#include "tests/support/vboard/hex.h"
#include "tests/support/vboard/stm32f407.h"

namespace test {
namespace {

// How the two kinds of time are brought together.
constexpr VirtualTime kMostCatchUp = 20 * kMillisecond;
constexpr VirtualTime kCatchUpStep = 100 * kMicrosecond;
constexpr VirtualTime kLongestCall = kMillisecond;
constexpr uint64_t kMostInstructions = 20'000;

constexpr uint32_t kHertzPerWaitState = 30'000'000;  // RM0090 table 10, 2.7 to 3.6 V
constexpr uint32_t kMaxHclk = 168'000'000;
constexpr uint32_t kMaxHclkScale2 = 144'000'000;
constexpr uint32_t kMaxPclk1 = 42'000'000;
constexpr uint32_t kMaxPclk2 = 84'000'000;
constexpr uint32_t kPwrControl = 0;
constexpr uint32_t kVoltageScale1 = 1u << 14;

VirtualTime RealTime() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since).count() * 1000;
}

}  // namespace

VirtualTime Stm32f407::now() const {
  // The instruction in execution has not taken its time yet.
  const uint64_t executed = core_.cpu().executed();
  return slice_start_ + (in_slice_ && executed > 0 ? DurationOf(executed - 1, rcc_.hclk()) : 0);
}

void Stm32f407::RunFor(VirtualTime duration) { RunUntil(slice_start_ + duration); }

void Stm32f407::RunUntil(VirtualTime end) {
  while (slice_start_ < end && !core_.is_halted()) {
    RunOnce(end);
  }
  paced_to_ = slice_start_;
}

// To the next event, or until something happens that changes what the next event is.
void Stm32f407::RunOnce(VirtualTime end) {
  bus_.Advance();
  core_.system().sys_tick().Advance();
  bus_.DriveLines(core_.nvic());
  const VirtualTime next =
      std::min({end, bus_.next_event(), core_.system().sys_tick().next_event()});
  const bool sleeps = core_.is_locked_up() || core_.is_halted() || !core_.WakesUp();
  if (sleeps) {
    slice_start_ = std::max(next, slice_start_ + 1);
    return;
  }
  const uint32_t hertz = rcc_.hclk();
  const VirtualTime left = std::max<VirtualTime>(next - slice_start_, 0);
  in_slice_ = true;
  const uint64_t executed =
      core_.Run(std::clamp<uint64_t>(TicksIn(left, hertz) + 1, 1, kMostInstructions));
  in_slice_ = false;
  instructions_ += executed;
  // A fault takes time, too.
  slice_start_ += DurationOf(std::max<uint64_t>(executed, 1), hertz);
  ForgetChangedFlash();
  if (core_.system().TakeResetRequest()) {
    ResetBy(ResetCause::kSoftware, false);
  }
}

void Stm32f407::ForgetChangedFlash() {
  const auto [begin, end] = flash_.TakeChanged();
  if (begin != end) {
    core_.cpu().ForgetCode(FlashController::kBase + begin, end - begin);
    core_.cpu().ForgetCode(begin, end - begin);
  }
}

bool Stm32f407::RunSlice() {
  const VirtualTime start = RealTime();
  paced_to_ += real_ == 0 ? 0 : std::min(start - real_, kMostCatchUp);
  real_ = start;
  while (slice_start_ < paced_to_) {
    if (RealTime() - start >= kLongestCall) {
      paced_to_ = slice_start_;
      break;
    }
    const VirtualTime step_end = std::min(paced_to_, slice_start_ + kCatchUpStep);
    while (slice_start_ < step_end) {
      RunOnce(step_end);
    }
  }
  return !core_.is_idle();
}

void Stm32f407::Resume() {
  core_.Resume();
  real_ = RealTime();
  paced_to_ = slice_start_;
}

void Stm32f407::Step() {
  bus_.Advance();
  in_slice_ = true;
  core_.Step();
  in_slice_ = false;
  slice_start_ += DurationOf(1, rcc_.hclk());
  ForgetChangedFlash();
  if (core_.system().TakeResetRequest()) {
    ResetBy(ResetCause::kSoftware, true);
  }
}

const Stm32f407::Memory* Stm32f407::Find(uint32_t address, uint32_t width) const {
  const auto found = std::ranges::find_if(memories_, [&](const Memory& memory) {
    const uint32_t offset = address - memory.base;
    return offset < memory.bytes.size() && memory.bytes.size() - offset >= width;
  });
  return found == memories_.end() ? nullptr : &*found;
}

bool Stm32f407::Read(uint32_t address, uint32_t width, uint32_t& value) {
  value = 0;
  if (const Memory* memory = Find(address, width); memory != nullptr) {
    std::memcpy(&value, &memory->bytes[address - memory->base], width);
    return true;
  }
  return AccessDevice(address, width, value, false);
}

bool Stm32f407::Write(uint32_t address, uint32_t width, uint32_t value) {
  const Memory* memory = Find(address, width);
  if (memory == nullptr) {
    return AccessDevice(address, width, value, true);
  }
  if (!memory->is_writable) {
    StoreToFlash(address, width, value);
    ForgetChangedFlash();
    return true;
  }
  std::memcpy(&memory->bytes[address - memory->base], &value, width);
  core_.cpu().ForgetCode(address, width);
  return true;
}

bool Stm32f407::AccessDevice(uint32_t address, uint32_t width, uint32_t& value, bool is_write) {
  const bool is_core = address - SystemControl::kScsBase < SystemControl::kBlockSize ||
                       address - SystemControl::kDwtBase < SystemControl::kBlockSize;
  const bool is_device = address - kDeviceBase < kDeviceSize || address - kDbgmcuBase < kPage;
  if (!is_core && !is_device) {
    return false;
  }
  if (!is_core) {
    core_.system().sys_tick().Advance();  // with the frequency from before a write
    const bool is_there =
        is_write ? bus_.Write(address, width, value) : bus_.Read(address, width, value);
    if (is_there && is_write) {
      CheckLimits();
      ethernet_->OnChipWrite();
    }
    return is_there;
  }
  SystemControl& system = core_.system();
  const uint32_t shift = 8 * (address & 3);
  const uint32_t mask = (width == 4 ? ~0u : (1u << (8 * width)) - 1) << shift;
  if (is_write) {
    const uint32_t kept = width == 4 ? 0 : system.Read(address & ~3u) & ~mask;
    system.Write(address & ~3u, kept | (value << shift & mask));
  } else {
    value = (system.Read(address & ~3u) & mask) >> shift;
  }
  return true;
}

// What a new clock tree would break.
void Stm32f407::CheckLimits() {
  const uint32_t hclk = rcc_.hclk();
  const bool scale1 = (pwr_.Peek(kPwrControl) & kVoltageScale1) != 0;
  if (hclk > (scale1 ? kMaxHclk : kMaxHclkScale2)) {
    violations_.Add("HCLK is too fast for the chip or its voltage scale");
  }
  if (rcc_.pclk1() > kMaxPclk1 || rcc_.pclk2() > kMaxPclk2) {
    violations_.Add("PCLK1 is over 42 MHz or PCLK2 over 84 MHz");
  }
  if ((hclk - 1) / kHertzPerWaitState > flash_.latency()) {
    violations_.Add("FLASH_ACR.LATENCY is too small for HCLK");
  }
}

uint32_t Stm32f407::ReadDevice(uint32_t address, uint32_t width) {
  uint32_t value = 0;
  if (!AccessDevice(address, width, value, false)) {
    core_.cpu().FailAccess(address);
  }
  return value;
}

void Stm32f407::WriteDevice(uint32_t address, uint32_t width, uint32_t value) {
  if (!AccessDevice(address, width, value, true)) {
    core_.cpu().FailAccess(address);
  }
  // It may have changed when the next thing happens.
  core_.cpu().EndRun();
}

void Stm32f407::StoreToFlash(uint32_t address, uint32_t width, uint32_t value) {
  if (address - kSystemBase < kSystemSize) {
    violations_.Add("store to system memory at " + Hex(address));
    return;
  }
  flash_.Program(address % FlashController::kBase, width, value);
  core_.cpu().EndRun();
}

}  // namespace test
