// Transmitting: the memory has room for two frames, of which the chip sends one at a time.
#include <algorithm>
#include <utility>

#include "drivers/dm9000a/dm9000a.h"

namespace drivers {
namespace {

using namespace dm9000a;

constexpr size_t kEthernetHeader = 14;

// 3 KB for two frames; each begins where the one before ended, on a bus of 16 bits at the next even
// address.
static_assert(2 * (stack::EthernetDriver::kMaxFrame + 1) <= 3 * 1024);

// Puts parts together that start at any byte and have any size.
class MemoryWriter {
 public:
  explicit MemoryWriter(IndexDataBus& bus) : bus_(bus) { bus_.WriteIndex(kWriteMemory); }

  void Add(base::ConstByteSpan bytes) {
    if (bus_.width() == IndexDataBus::Width::k8) {
      bus_.WriteBlock(bytes);
      return;
    }
    if (has_odd_ && !bytes.empty()) {
      WritePair(odd_, bytes[0]);
      bytes = bytes.subspan(1);
      has_odd_ = false;
    }
    const size_t whole = bytes.size() & ~size_t{1};
    if (reinterpret_cast<uintptr_t>(bytes.data()) % 2 == 0) {
      bus_.WriteBlock(bytes.first(whole));
    } else {
      for (size_t i = 0; i < whole; i += 2) {
        WritePair(bytes[i], bytes[i + 1]);
      }
    }
    if (whole != bytes.size()) {
      odd_ = bytes[whole];
      has_odd_ = true;
    }
  }

  void Finish() {
    if (std::exchange(has_odd_, false)) {
      WritePair(odd_, std::byte{0});
    }
  }

 private:
  void WritePair(std::byte low, std::byte high) {
    bus_.WriteData(static_cast<uint16_t>(std::to_integer<unsigned>(low) |
                                         std::to_integer<unsigned>(high) << 8));
  }

  IndexDataBus& bus_;
  std::byte odd_{};
  bool has_odd_ = false;
};

// Without a wire there is no carrier to lose: not valid in the internal loopback (6.4).
constexpr TxStatus WithoutCarrierInLoopback(TxStatus status, base::Loopback loopback) {
  constexpr uint8_t kCarrier = TxStatus::kLossOfCarrier | TxStatus::kNoCarrier;
  return {
      static_cast<uint8_t>(loopback == base::Loopback::kOff ? status.raw : status.raw & ~kCarrier)};
}
static_assert(!WithoutCarrierInLoopback({0x60}, base::Loopback::kMac).has(TxStatus::kErrors));
static_assert(WithoutCarrierInLoopback({0x60}, base::Loopback::kOff).has(TxStatus::kErrors));

}  // namespace

base::Status Dm9000a::DoTransmit(base::Pbuf&& frame) {
  const size_t size = frame.size();
  if (size < kEthernetHeader) {
    return base::Status::kInvalidArgument;
  }
  if (!has_tx_room()) {
    DoReapTransmitted();
  }
  if (!has_tx_room()) {
    tx_wanted_ = true;
    return base::Status::kUnavailable;
  }
  WriteFrame(frame);
  if (in_flight_) {
    waiting_size_ = static_cast<uint16_t>(size);
  } else {
    RequestTransmit(size);
  }
  frame.Reset();
  return base::Status::kOk;
}

size_t Dm9000a::DoTransmitRoom() const {
  return size_t{2} - (in_flight_ ? 1 : 0) - (waiting_size_ != 0 ? 1 : 0);
}

void Dm9000a::WriteFrame(const base::Pbuf& frame) {
  MemoryWriter writer(bus_);
  frame.ForEachPart([&](base::ConstByteSpan bytes) { writer.Add(bytes); });
  writer.Finish();
}

// The length belongs to the request, so it is not written before the frame in front has left.
void Dm9000a::RequestTransmit(size_t size) {
  bus_.Write(kTxLengthLow, static_cast<uint8_t>(size));
  bus_.Write(kTxLengthHigh, static_cast<uint8_t>(size >> 8));
  Set(TxControl{TxControl::kRequest});
  in_flight_ = true;
  ++flights_;
}

void Dm9000a::DoReapTransmitted() {
  if (in_flight_) {
    static_cast<void>(LookAtStatus());
  }
}

// The only place that reads NSR. Its ends of transmission are said to clear when read and found to
// stay until one is written to them, so both are done.
NetworkStatus Dm9000a::LookAtStatus() {
  const auto status = Get<NetworkStatus>();
  if (!status.has(NetworkStatus::kTxEnds)) {
    return status;
  }
  Set(NetworkStatus{static_cast<uint8_t>(status.raw & NetworkStatus::kTxEnds)});
  if (status.has(NetworkStatus::kTxEnd1)) {
    CountTransmitted({bus_.Read(TxStatus::kAddress1)});
  }
  if (status.has(NetworkStatus::kTxEnd2)) {
    CountTransmitted({bus_.Read(TxStatus::kAddress2)});
  }
  in_flight_ = false;
  if (waiting_size_ != 0) {
    RequestTransmit(std::exchange(waiting_size_, 0));
  }
  return status;
}

void Dm9000a::CountTransmitted(TxStatus raw) {
  const TxStatus status = WithoutCarrierInLoopback(raw, loopback_);
  details_.tx_collisions += status.has(TxStatus::kCollision);
  if (!status.has(TxStatus::kErrors)) {
    return;
  }
  ++counters().tx_errors;
  details_.tx_jabber += status.has(TxStatus::kJabber);
  details_.tx_loss_of_carrier += status.has(TxStatus::kLossOfCarrier);
  details_.tx_no_carrier += status.has(TxStatus::kNoCarrier);
  details_.tx_late_collisions += status.has(TxStatus::kLateCollision);
  details_.tx_excessive_collisions += status.has(TxStatus::kExcessiveCollisions);
}

}  // namespace drivers
