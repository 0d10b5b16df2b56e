// The STM32 Ethernet model's DMA registers (RM0090 33.8.4): start, stop, poll, bus errors.
#include <bit>
#include <string>

#include "tests/support/stm32_eth_model.h"
#include "tests/support/vboard/hex.h"

namespace test {

using namespace stm32_eth;

namespace {

constexpr VirtualTime kFlushTime = kMicrosecond / 10;

constexpr bool IsBurstLength(uint32_t value) { return value <= 32 && std::has_single_bit(value); }

}  // namespace

void Stm32EthModel::WriteDma(uint32_t offset, uint32_t value) {
  switch (offset) {
    case kDmabmr:
      WriteDmabmr(value);
      return;
    case kDmatpdr:
      if (tx_state_ == DmaState::kSuspended) {
        tx_state_ = DmaState::kRunning;
        RunTransmitDma();
      }
      return;
    case kDmarpdr:
      OnReceivePoll();
      return;
    case kDmardlar:
      WriteList(rx_list_, rx_state_, value, offset);
      return;
    case kDmatdlar:
      WriteList(tx_list_, tx_state_, value, offset);
      return;
    case kDmasr:
      At(kDmasr) &= ~(value & kSrClearable);
      if ((value & kSrBusError) != 0) {
        At(kDmasr) &= ~kSrErrorBits;
      }
      UpdateSummary();
      return;
    case kDmaomr:
      WriteDmaomr(value);
      return;
    case kDmaier:
      At(kDmaier) = value;
      UpdateSummary();
      return;
    default:
      At(offset) = value;
  }
}

void Stm32EthModel::WriteList(EthDescriptorList& list, DmaState state, uint32_t value,
                              uint32_t offset) {
  if (state != DmaState::kStopped && state != DmaState::kDead) {
    violations_.Add(std::string("ETH: ") + FindRegister(offset)->name +
                    " written while its DMA runs");
    return;
  }
  list.SetBase(value);
  At(offset) = value & ~3u;
}

void Stm32EthModel::WriteDmabmr(uint32_t value) {
  if ((value & kBmReset) != 0) {
    ++resets_;
    ResetRegisters();
    AdvanceReset();
    return;
  }
  const bool receives_apart = (value & kBmSeparateBursts) != 0;
  if (!IsBurstLength(value >> 8 & 0x3f) || (receives_apart && !IsBurstLength(value >> 17 & 0x3f))) {
    violations_.Add("ETH: DMABMR holds a burst length that is none, " + Hex(value));
  }
  constexpr uint32_t kLayout = kBmEnhanced | 0x7c;
  const bool is_stopped = tx_state_ == DmaState::kStopped && rx_state_ == DmaState::kStopped;
  if (!is_stopped && ((value ^ Stored(kDmabmr)) & kLayout) != 0) {
    Report("DMABMR.EDFE or DSL changed while the DMA runs");
  }
  At(kDmabmr) = value;
  for (EthDescriptorList* list : {&tx_list_, &rx_list_}) {
    list->SetLayout((value & kBmEnhanced) != 0, value >> 2 & 0x1f);
  }
}

void Stm32EthModel::WriteDmaomr(uint32_t value) {
  const uint32_t before = Stored(kDmaomr);
  if ((before & kOmFlush) != 0) {
    Report("DMAOMR written while DMAOMR.FTF is 1");
  }
  if (tx_state_ != DmaState::kStopped && ((value ^ before) & kOmTransmitStore) != 0) {
    Report("DMAOMR.TSF changed while the transmission runs");
  }
  At(kDmaomr) = value;
  if ((value & kOmFlush) != 0) {
    flush_until_ = time_ + kFlushTime;
    FlushTransmit();
  }
  const uint32_t changed = value ^ before;
  if ((changed & kOmTransmit) != 0) {
    (value & kOmTransmit) != 0 ? StartTransmitDma() : StopTransmitDma();
  }
  if ((changed & kOmReceive) != 0) {
    (value & kOmReceive) != 0 ? StartReceiveDma() : StopReceiveDma();
  }
  DrainFifo();
}

// The engine makes no access any more until a reset (DMASR.FBES).
void Stm32EthModel::KillTransmit(uint32_t error_bits) {
  tx_state_ = DmaState::kDead;
  on_wire_.reset();
  queued_.reset();
  At(kDmasr) = (Stored(kDmasr) & ~kSrErrorBits) | kSrErrorInTransmit | error_bits;
  Raise(kSrBusError);
}

void Stm32EthModel::KillReceive(uint32_t error_bits) {
  rx_state_ = DmaState::kDead;
  rx_descriptor_.reset();
  At(kDmasr) = (Stored(kDmasr) & ~kSrErrorBits) | error_bits;
  Raise(kSrBusError);
}

bool Stm32EthModel::TakeFault(uint32_t every, uint32_t& counter) {
  return every != 0 && ++counter % every == 0;
}

}  // namespace test
