// The STM32 Ethernet model's status bits, interrupts and counters.
#include <algorithm>

#include "tests/support/stm32_eth_model.h"

namespace test {

using namespace stm32_eth;

namespace {

constexpr uint32_t kHalf = 0x8000'0000;

struct CounterFlag {
  uint32_t counter;
  uint32_t status;  // MMCRIR or MMCTIR
  uint32_t bit;
};
constexpr CounterFlag kCounterFlags[] = {
    {kMmctgfsccr, kMmctir, 1u << 14}, {kMmctgfmsccr, kMmctir, 1u << 15},
    {kMmctgfcr, kMmctir, 1u << 21},   {kMmcrfcecr, kMmcrir, 1u << 5},
    {kMmcrfaecr, kMmcrir, 1u << 6},   {kMmcrgufcr, kMmcrir, 1u << 17}};

const CounterFlag* FlagOf(uint32_t counter) {
  const auto* found = std::ranges::find(kCounterFlags, counter, &CounterFlag::counter);
  return found == std::end(kCounterFlags) ? nullptr : found;
}

}  // namespace

// RM0090 33.8.4, DMASR: the process states are those of an engine that waits.
uint32_t Stm32EthModel::ReadStatus() const {
  uint32_t value = Stored(kDmasr);
  if (tx_state_ == DmaState::kRunning) {
    value |= 2u << 20;  // waiting for the status of a frame
  } else if (tx_state_ == DmaState::kSuspended) {
    value |= 6u << 20;
  }
  if (rx_state_ == DmaState::kRunning) {
    value |= 3u << 17;  // waiting for a frame
  } else if (rx_state_ == DmaState::kSuspended) {
    value |= 4u << 17;
  }
  return value | (mmc_interrupt() ? kSrMmc : 0);
}

// FIFO levels and whether the MAC is busy.
uint32_t Stm32EthModel::ReadDebug() const {
  uint32_t value = 0;
  if (on_wire_) {
    value |= 1u << 24 | (on_wire_->start <= time_ ? 1u << 16 | 3u << 17 | 1u << 20 : 0);
  }
  if (fifo_used_ != 0) {
    value |= (fifo_used_ > kFifoBytes / 2 ? 2u : 1u) << 8;
  }
  if (!wire_.empty()) {
    value |= 1;
  }
  return value;
}

void Stm32EthModel::Raise(uint32_t bits) {
  At(kDmasr) |= bits;
  if ((bits & kSrReceived) != 0) {
    At(kDmasr) &= ~kSrEarlyReceive;
  }
  UpdateSummary();
}

// Only what DMAIER lets through counts.
void Stm32EthModel::UpdateSummary() {
  const uint32_t enabled = Stored(kDmasr) & Stored(kDmaier);
  At(kDmasr) |= ((enabled & kSrNormalSources) != 0 ? kSrNormal : 0) |
                ((enabled & kSrAbnormalSources) != 0 ? kSrAbnormal : 0);
}

bool Stm32EthModel::mmc_interrupt() const {
  return (Stored(kMmcrir) & ~Stored(kMmcrimr)) != 0 || (Stored(kMmctir) & ~Stored(kMmctimr)) != 0;
}

void Stm32EthModel::Count(uint32_t offset) {
  uint32_t& counter = At(offset);
  const bool is_full = counter == ~0u && Has(kMmccr, kMmcStopRollover);
  if (Has(kMmccr, kMmcFreeze) || is_full) {
    return;
  }
  ++counter;
  if (counter == kHalf || counter == ~0u) {
    const CounterFlag* flag = FlagOf(offset);
    At(flag->status) |= flag->bit;
  }
}

uint32_t Stm32EthModel::ReadMmc(uint32_t offset) {
  const uint32_t value = Stored(offset);
  const CounterFlag* flag = FlagOf(offset);
  if (flag != nullptr) {
    At(flag->status) &= ~flag->bit;
    At(offset) = Has(kMmccr, kMmcResetOnRead) ? 0 : value;
  }
  return value;
}

void Stm32EthModel::WriteMmc(uint32_t offset, uint32_t value) {
  if (offset != kMmccr) {
    At(offset) = value;
    return;
  }
  At(kMmccr) = value & ~(kMmcReset | kMmcPreset);
  for (const CounterFlag& flag : kCounterFlags) {
    if ((value & kMmcReset) != 0) {
      At(flag.counter) = 0;
    } else if ((value & kMmcPreset) != 0) {
      At(flag.counter) = (value & kMmcPresetFull) != 0 ? 0xffff'fff0 : 0x7fff'fff0;
    }
  }
}

}  // namespace test
