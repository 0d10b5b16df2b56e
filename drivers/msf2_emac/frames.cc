// The two rings: what the driver and the DMA hand each other.
#include <atomic>
#include <cstring>

#include "drivers/msf2_emac/msf2_emac.h"

namespace drivers {
namespace {

using namespace msf2_emac;

constexpr size_t kFrameCheckSequence = 4;
constexpr size_t kEthernetHeader = 14;

// What the DMA reads and writes lies below 4 GiB, where every pointer of this CPU does.
template <typename T>
uint32_t BusAddress(const T& object) {
  return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(&object));
}

// Between the words of a descriptor, and between them and the frame.
void Barrier() { std::atomic_thread_fence(std::memory_order_seq_cst); }

bool IsEmpty(const Descriptor& descriptor) { return (descriptor.size & Descriptor::kEmpty) != 0; }

void PrepareRing(const Msf2EmacRing& ring) {
  for (size_t i = 0; i < ring.descriptors.size(); ++i) {
    Descriptor& descriptor = ring.descriptors[i];
    descriptor.address = BusAddress(ring.buffers[i]);
    descriptor.size = Descriptor::kEmpty;
    descriptor.next = BusAddress(ring.descriptors[(i + 1) % ring.descriptors.size()]);
  }
}

size_t Next(const Msf2EmacRing& ring, size_t position) {
  return position + 1 == ring.descriptors.size() ? 0 : position + 1;
}

}  // namespace

void Msf2Emac::PrepareRings() {
  PrepareRing(receive_);
  PrepareRing(transmit_);
  Barrier();
  rx_next_ = 0;
  tx_next_ = 0;
  tx_oldest_ = 0;
  tx_unsent_ = 0;
  tx_wanted_ = false;
  bus_.Write(kReceiveDescriptor, BusAddress(receive_.descriptors[0]));
  bus_.Write(kTransmitDescriptor, BusAddress(transmit_.descriptors[0]));
}

bool Msf2Emac::HasFrame() const { return !IsEmpty(receive_.descriptors[rx_next_]); }

base::Result<base::Pbuf> Msf2Emac::DoReceive() {
  if (!HasFrame()) {
    if (Get<ReceiveStatus>().has(DmaStatus::kOverflow)) {
      RestartReceiver();
    }
    return std::unexpected(base::Status::kUnavailable);
  }
  Barrier();
  auto frame = TakeFrame(receive_.descriptors[rx_next_].size & Descriptor::kSize);
  FreeReceived();
  return frame;
}

// Copies the frame out of the current buffer, `stored` bytes of it.
base::Result<base::Pbuf> Msf2Emac::TakeFrame(size_t stored) {
  const size_t behind = config_.stores_frame_check_sequence ? kFrameCheckSequence : 0;
  if (stored < kEthernetHeader + behind) {
    ++counters().rx_too_short;
    return std::unexpected(base::Status::kDataLoss);
  }
  const size_t size = stored - behind;
  if (size > kMaxFrame) {
    ++counters().rx_too_long;
    return std::unexpected(base::Status::kDataLoss);
  }
  auto frame = pools().Allocate(kReceiveHeadroom, size, base::Holder::kStack);
  if (!frame) {
    ++(frame.error() == base::Status::kResourceExhausted ? counters().rx_no_buffer
                                                         : counters().rx_too_long);
    return frame;
  }
  const base::ConstByteSpan from = receive_.buffers[rx_next_].bytes;
  const base::ByteSpan to = frame->Append(size);
  std::memcpy(to.data(), from.data(), kEthernetHeader);
  frame->set_sum(base::CopyAndSum(to.subspan(kEthernetHeader),
                                  from.subspan(kEthernetHeader, size - kEthernetHeader)));
  return frame;
}

// Gives the current descriptor back to the DMA and counts its frame down.
void Msf2Emac::FreeReceived() {
  Barrier();
  receive_.descriptors[rx_next_].size = Descriptor::kEmpty;
  rx_next_ = Next(receive_, rx_next_);
  bus_.Write(ReceiveStatus::kAddress, DmaStatus::kPacket);
}

// The DMA stopped at a descriptor that was not free, which is the oldest. All of them are free now,
// so it goes on where the driver looks next.
void Msf2Emac::RestartReceiver() {
  ++details_.rx_stops;
  ++counters().rx_overrun;
  bus_.Write(ReceiveStatus::kAddress, DmaStatus::kOverflow);
  bus_.Write(kReceiveDescriptor, BusAddress(receive_.descriptors[rx_next_]));
  Set(ReceiveControl{DmaControl::kEnable});
}

base::Status Msf2Emac::DoTransmit(base::Pbuf&& frame) {
  const size_t size = frame.size();
  if (size < kEthernetHeader) {
    return base::Status::kInvalidArgument;
  }
  if (DoTransmitRoom() == 0) {
    DoReapTransmitted();
  }
  if (DoTransmitRoom() == 0) {
    tx_wanted_ = true;
    return base::Status::kUnavailable;
  }
  frame.CopyOut(0, transmit_.buffers[tx_next_].bytes);
  Barrier();
  transmit_.descriptors[tx_next_].size = static_cast<uint32_t>(size);
  Barrier();
  tx_next_ = Next(transmit_, tx_next_);
  ++tx_unsent_;
  if ((Get<TransmitControl>().raw & DmaControl::kEnable) == 0) {
    Reap();
    SendFrom(tx_oldest_);
  }
  frame.Reset();
  return base::Status::kOk;
}

void Msf2Emac::SendFrom(size_t position) {
  bus_.Write(TransmitStatus::kAddress, DmaStatus::kUnderrun);
  bus_.Write(kTransmitDescriptor, BusAddress(transmit_.descriptors[position]));
  Set(TransmitControl{DmaControl::kEnable});
}

void Msf2Emac::DoReapTransmitted() {
  Reap();
  if (tx_unsent_ != 0) {
    WakeTransmitter();
  }
}

void Msf2Emac::Reap() {
  while (tx_unsent_ != 0 && IsEmpty(transmit_.descriptors[tx_oldest_])) {
    bus_.Write(TransmitStatus::kAddress, DmaStatus::kPacket);
    tx_oldest_ = Next(transmit_, tx_oldest_);
    --tx_unsent_;
  }
}

// The DMA may look at a descriptor right before a frame is put there, and stop right after the
// driver has seen it run.
void Msf2Emac::WakeTransmitter() {
  if ((Get<TransmitControl>().raw & DmaControl::kEnable) != 0 ||
      IsEmpty(transmit_.descriptors[tx_oldest_])) {
    return;
  }
  ++details_.tx_kicks;
  SendFrom(tx_oldest_);
}

}  // namespace drivers
