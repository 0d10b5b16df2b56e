// Transmitting: the DMA reads the parts of a packet where they are.
#include <algorithm>
#include <utility>

#include "drivers/stm32_eth/registers.h"
#include "drivers/stm32_eth/stm32_eth.h"

namespace drivers {
namespace {

using namespace stm32_eth;

constexpr size_t kEthernetHeader = 14;

}  // namespace

base::Status Stm32Eth::DoTransmit(base::Pbuf&& frame) {
  if (frame.size() < kEthernetHeader) {
    return base::Status::kInvalidArgument;
  }
  if (!HasRoom()) {
    DoReapTransmitted();
    if (!HasRoom()) {
      tx_wanted_ = true;
      return base::Status::kUnavailable;
    }
  }
  if (IsReachable(frame)) [[likely]] {
    Queue(std::move(frame));
    return base::Status::kOk;
  }
  auto copy = CopyForDma(frame);
  if (!copy) {
    return copy.error();
  }
  Queue(std::move(*copy));
  frame.Reset();
  return base::Status::kOk;
}

size_t Stm32Eth::DoTransmitRoom() const {
  return (rings_.tx.size() - tx_used_) / kDescriptorsPerFrame;
}

// True when the descriptors of one frame can name all its parts.
bool Stm32Eth::IsReachable(const base::Pbuf& frame) const {
  size_t parts_left = 2 * kDescriptorsPerFrame;
  for (const base::PbufPart* part = frame.head(); part != nullptr; part = part->next) {
    if (parts_left == 0 || config_.memory.AddressOf(part->data, part->size) == 0) {
      return false;
    }
    --parts_left;
  }
  return true;
}

base::Result<base::Pbuf> Stm32Eth::CopyForDma(const base::Pbuf& frame) {
  auto copy = pools().Allocate(0, frame.size(), base::Holder::kDriverTransmit);
  if (!copy) {
    return copy;
  }
  frame.ForEachPart(
      [&copy](base::ConstByteSpan bytes) { base::CopyAndSum(copy->Append(bytes.size()), bytes); });
  if (!IsReachable(*copy)) {
    return std::unexpected(base::Status::kResourceExhausted);
  }
  ++details_.tx_copied;
  return copy;
}

// Two parts to a descriptor. The first descriptor goes to the DMA last, so that it never finds half
// a frame (33.6.5).
void Stm32Eth::Queue(base::Pbuf&& frame) {
  const size_t first = tx_next_;
  uint32_t first_status = 0;
  uint32_t flags = TxStatus::kOwn | TxStatus::kFirst;
  const base::PbufPart* part = frame.head();
  for (;;) {
    const size_t slot = tx_next_;
    Descriptor& descriptor = rings_.tx[slot];
    const uint32_t first_size = part->size;
    uint32_t second_size = 0;
    descriptor.buffer1 = config_.memory.AddressOf(part->data, first_size);
    part = part->next;
    if (part != nullptr) {
      second_size = part->size;
      descriptor.buffer2 = config_.memory.AddressOf(part->data, second_size);
      part = part->next;
    }
    descriptor.sizes = Descriptor::Sizes(first_size, second_size);
    ++tx_used_;
    tx_next_ = slot + 1 == rings_.tx.size() ? 0 : slot + 1;
    if (tx_next_ == 0) {
      flags |= TxStatus::kEndOfRing;
    }
    if (part == nullptr) {
      flags |= TxStatus::kLast | TxStatus::kInterrupt;
    }
    if (slot == first) {
      first_status = flags;
    } else {
      descriptor.status = flags;
    }
    if (part == nullptr) {
      frame.set_holder(base::Holder::kDriverTransmit);
      rings_.tx_frames[slot] = std::move(frame);
      break;
    }
    flags = TxStatus::kOwn;
  }
  DmaBarrier();
  rings_.tx[first].status = first_status;
  DmaBarrier();
  bus_.Write(TransmitPollDemand::kAddress, 0);
}

void Stm32Eth::DoReapTransmitted() {
  while (tx_used_ != 0) {
    const TxStatus status{rings_.tx[tx_tail_].status};
    if (status.has(TxStatus::kOwn)) {
      return;
    }
    base::Pbuf& frame = rings_.tx_frames[tx_tail_];
    if (frame) {
      CountTransmitted(status);
      frame.Reset();
    }
    tx_tail_ = tx_tail_ + 1 == rings_.tx.size() ? 0 : tx_tail_ + 1;
    --tx_used_;
  }
}

void Stm32Eth::CountTransmitted(TxStatus status) {
  if (!status.has(TxStatus::kError)) {
    details_.tx_collisions += status.collisions();
    return;
  }
  ++counters().tx_errors;
  details_.tx_loss_of_carrier += status.has(TxStatus::kLossOfCarrier);
  details_.tx_no_carrier += status.has(TxStatus::kNoCarrier);
  details_.tx_late_collisions += status.has(TxStatus::kLateCollision);
  details_.tx_excess_collisions += status.has(TxStatus::kExcessiveCollisions);
  details_.tx_excess_deferrals += status.has(TxStatus::kExcessiveDeferral);
  details_.tx_underruns += status.has(TxStatus::kUnderrun);
}

// Frames that a reset of the MAC takes along.
void Stm32Eth::DropUnsent() {
  for (base::Pbuf& frame : rings_.tx_frames) {
    if (frame) {
      ++counters().tx_errors;
      frame.Reset();
    }
  }
}

}  // namespace drivers
