#include "agent/boards/sim/sim_ethernet.h"

#include <algorithm>
#include <cstring>

namespace agent::sim {

namespace {
constexpr size_t kEthernetHeader = 14;
}

void SimEthernet::OnFrame(base::ConstByteSpan frame) {
  if (frame.size() > kMaxFrame) {
    ++counters().rx_too_long;
    return;
  }
  if (count_ == kRing) {
    ++counters().rx_overrun;
    return;
  }
  Slot& slot = ring_[(first_ + count_) % kRing];
  slot.size = static_cast<uint16_t>(frame.size());
  std::ranges::copy(frame, slot.data.begin());
  ++count_;
}

base::Status SimEthernet::DoStart(const base::MacAddress&) {
  phy_.Start();
  return base::Status::kOk;
}

base::Result<base::Pbuf> SimEthernet::DoReceive() {
  if (count_ == 0) {
    return std::unexpected(base::Status::kUnavailable);
  }
  const Slot& slot = ring_[first_];
  first_ = (first_ + 1) % kRing;
  --count_;
  if (slot.size < kEthernetHeader) {
    ++counters().rx_too_short;
    return std::unexpected(base::Status::kDataLoss);
  }
  auto frame = pools().Allocate(kReceiveHeadroom, slot.size, base::Holder::kStack);
  if (!frame) {
    ++counters().rx_no_buffer;
    return frame;
  }
  const base::ConstByteSpan data(slot.data.data(), slot.size);
  const base::ByteSpan bytes = frame->Append(slot.size);
  std::ranges::copy(data.first(kEthernetHeader), bytes.begin());
  frame->set_sum(base::CopyAndSum(bytes.subspan(kEthernetHeader), data.subspan(kEthernetHeader)));
  return frame;
}

base::Status SimEthernet::DoTransmit(base::Pbuf&& frame) {
  std::array<std::byte, kMaxFrame> data;
  const base::Pbuf sent = std::move(frame);
  const base::ConstByteSpan bytes(data.data(), sent.CopyOut(0, data));
  if (loopback_ != base::Loopback::kOff) {
    OnFrame(bytes);
  } else if (!wire_->Send(bytes)) {
    ++details_.wire_refused;
    ++counters().tx_errors;
  }
  return base::Status::kOk;
}

base::Instant SimEthernet::DoPoll(base::Instant now, base::LinkMode& link) {
  if (now < phy_.next_poll()) {
    return phy_.next_poll();
  }
  const base::Instant next = phy_.Poll(now);
  link = phy_.link();
  if (loopback_ == base::Loopback::kMac) {
    link = {.state = base::LinkState::kUp, .speed_mbit = 100, .duplex = base::Duplex::kFull};
  }
  return next;
}

base::Status SimEthernet::DoSetLoopback(base::Loopback loopback) {
  loopback_ = loopback;
  phy_.SetLoopback(loopback == base::Loopback::kPhy);
  phy_.CheckNow();
  return base::Status::kOk;
}

}  // namespace agent::sim
