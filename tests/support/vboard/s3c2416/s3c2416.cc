#include "tests/support/vboard/s3c2416/s3c2416.h"

#include <algorithm>
#include <cstring>

#include "tests/support/vboard/hex.h"

namespace test::s3c2416 {
namespace {

constexpr uint32_t kPage = 0x1000;
constexpr uint32_t kBusCycles = 2;  // of PCLK, that an access to a device takes
constexpr uint32_t kCachedLooks = 256;

constexpr uint32_t WidthMask(uint32_t width) { return width == 4 ? ~0u : (1u << (8 * width)) - 1; }

}  // namespace

S3c2416::S3c2416(uint32_t seed)
    : sdram_(kSdramSize),
      sram_(kSramSize),
      core_(*this, violations_),
      clocks_(violations_),
      interrupts_(violations_),
      ports_(violations_),
      uart_({.pclk = [this] { return clocks_.pclk(); },
             .has_tx_pin = [this] { return ports_.Function('H', 0) == 2; },
             .has_rx_pin = [this] { return ports_.Function('H', 1) == 2; }},
            *this, violations_),
      timers_([this] { return clocks_.pclk(); },
              [this](uint32_t timer) { interrupts_.Pulse(InterruptController::kTimer0 + timer); },
              *this, violations_),
      watchdog_([this] { return clocks_.pclk(); }, *this, violations_),
      static_memory_(violations_),
      bus_matrix_(violations_),
      random_(seed) {
  AddBlocks();
  core_.cpu().MapMemory(kSdram, sdram_, true);
  core_.cpu().MapMemory(kSram, sram_, true);
  core_.cpu().MapDevices(kBank1, kPage);
  for (const Block& block : blocks_) {
    core_.cpu().MapDevices(block.base, kPage);
  }
  PowerCycle();
}

void S3c2416::AddBlocks() {
  using Clocks = ClockController;
  blocks_ = {
      {"interrupt controller", 0x4a00'0000, &interrupts_},
      {"system controller", 0x4c00'0000, &clocks_},
      {"bus matrix", 0x4e80'0000, &bus_matrix_},
      {"static memory controller", 0x4f00'0000, &static_memory_, 0, Clocks::kStaticMemoryClock},
      {"UART0", 0x5000'0000, &uart_, Clocks::kUart0Clock},
      {"PWM timers", 0x5100'0000, &timers_, Clocks::kPwmClock},
      {"watch-dog", 0x5300'0000, &watchdog_, Clocks::kWatchdogClock},
      {"ports", 0x5600'0000, &ports_, Clocks::kPortClock},
  };
}

void S3c2416::Load(std::vector<std::byte> image, uint32_t entry) {
  image_ = std::move(image);
  entry_ = entry;
  Boot(ResetCause::kPowerOn);
}

void S3c2416::PowerCycle() {
  for (std::span<std::byte> memory : {std::span(sdram_), std::span(sram_)}) {
    for (size_t i = 0; i < memory.size(); i += sizeof(uint64_t)) {
      const uint64_t word = random_();
      std::memcpy(&memory[i], &word, sizeof word);
    }
  }
  real_ = 0;
  Boot(ResetCause::kPowerOn);
}

// The boot loader takes no time and leaves the MMU off.
void S3c2416::Boot(ResetCause cause) {
  clocks_.ResetBy(cause);
  for (const Block& block : blocks_) {
    if (block.peripheral != &clocks_) {
      block.peripheral->Reset();
    }
  }
  if (device_ != nullptr) {
    device_->Reset();
  }
  std::ranges::copy(image_, sdram_.begin());
  asked_receive_ = false;
  asked_transmit_ = false;
  accesses_ = 0;
  core_.Reset(entry_);
}

const S3c2416::Block* S3c2416::FindUsable(uint32_t address, uint32_t width) {
  const auto found = std::ranges::find_if(
      blocks_, [address](const Block& block) { return address - block.base < kPage; });
  if (found == blocks_.end()) {
    return nullptr;
  }
  if (!clocks_.HasPclk(found->pclk) || !clocks_.HasHclk(found->hclk)) {
    violations_.Add(std::string(found->name) + " accessed without its clock");
    return nullptr;
  }
  // The data registers of the UART are bytes; all others are words.
  const uint32_t offset = address - found->base;
  const bool is_byte = found->peripheral == &uart_ && (offset == 0x20 || offset == 0x24);
  if (width != 4 && !is_byte) {
    violations_.Add(std::string(found->name) + ": access of " + std::to_string(width) +
                    " bytes at " + Hex(address));
  }
  return &*found;
}

uint32_t S3c2416::ReadDevice(uint32_t address, uint32_t width) {
  CheckCached(address);
  if (address - kBank1 < kPage) {
    return BeginBankAccess(width, false) ? device_->Read(address - kBank1, width) : 0;
  }
  const Block* block = FindUsable(address, width);
  if (block == nullptr) {
    return 0;
  }
  stalled_ += DurationOf(kBusCycles, clocks_.pclk());
  Advance();
  DriveLines();  // a pending register shows what is asked for now
  const uint32_t word = block->peripheral->Read((address - block->base) & ~3u);
  return word >> (8 * (address & 3)) & WidthMask(width);
}

void S3c2416::WriteDevice(uint32_t address, uint32_t width, uint32_t value) {
  CheckCached(address);
  // It may have changed when the next thing happens.
  core_.cpu().EndRun();
  if (address - kBank1 < kPage) {
    if (BeginBankAccess(width, true)) {
      device_->Write(address - kBank1, width, value & WidthMask(width));
    }
    return;
  }
  const Block* block = FindUsable(address, width);
  if (block == nullptr) {
    return;
  }
  stalled_ += DurationOf(kBusCycles, clocks_.pclk());
  Advance();  // with the frequencies from before the write
  const uint32_t offset = (address - block->base) & ~3u;
  const uint32_t mask = WidthMask(width) << (8 * (address & 3));
  const uint32_t kept = width == 4 ? 0 : block->peripheral->Peek(offset) & ~mask;
  block->peripheral->Write(offset, kept | (value << (8 * (address & 3)) & mask));
  DriveLines();
}

bool S3c2416::BeginBankAccess(uint32_t width, bool is_write) {
  const uint32_t hertz = clocks_.hclk();
  const StaticMemory::Cycle cycle = static_memory_.bank1_cycle(is_write);
  const VirtualTime start = now() + DurationOf(cycle.pause, hertz);
  const VirtualTime pause = start - bank_free_;
  const VirtualTime strobe = DurationOf(cycle.strobe, hertz);
  stalled_ += DurationOf(cycle.whole + kBusCycles, hertz);
  bank_free_ = start + strobe;
  if (device_ == nullptr || !ports_.has_bank1_select() || !bus_matrix_.is_bank1_static() ||
      !clocks_.HasHclk(ClockController::kStaticMemoryClock)) {
    violations_.Add("bank 1 accessed, but its select pin, EBI or clock is not set up");
    return false;
  }
  if (static_memory_.bank1_bytes() != device_->bus_bytes()) {
    violations_.Add("bank 1 is set to " + std::to_string(8 * static_memory_.bank1_bytes()) +
                    " bits, its device has " + std::to_string(8 * device_->bus_bytes()));
    return false;
  }
  if (width > device_->bus_bytes()) {
    violations_.Add("bank 1: an access of " + std::to_string(width) +
                    " bytes makes more than one cycle");
    return false;
  }
  if (strobe < device_->shortest_strobe()) {
    violations_.Add("bank 1: strobe of " + std::to_string(strobe / 1000) + " ns, " +
                    std::to_string(device_->shortest_strobe() / 1000) + " needed");
  }
  if (pause < device_->needed_pause()) {
    violations_.Add("bank 1: pause of " + std::to_string(pause / 1000) + " ns between cycles, " +
                    std::to_string(device_->needed_pause() / 1000) + " needed");
  }
  return true;
}

void S3c2416::CheckCached(uint32_t address) {
  // Walking the tables costs time; the first accesses, and then one of some, tell as much.
  if (accesses_++ < kCachedLooks || accesses_ % kCachedLooks == 0) {
    if (core_.cpu().IsCached(address)) {
      violations_.Add("device at " + Hex(address & ~(kPage - 1)) + " is mapped as cached memory");
    }
  }
}

}  // namespace test::s3c2416
