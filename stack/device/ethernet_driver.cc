#include "stack/device/ethernet_driver.h"

#include <utility>

namespace stack {

base::Status EthernetDriver::Start(const base::MacAddress& address) {
  address_ = address;
  link_ = {};
  return DoStart(address);
}

base::Result<base::Pbuf> EthernetDriver::Receive() {
  for (size_t i = 0; i < kMaxDropsPerReceive; ++i) {
    auto frame = DoReceive();
    if (frame) {
      ++stats_.rx_frames;
      stats_.rx_octets += frame->size();
      return frame;
    }
    if (frame.error() == base::Status::kUnavailable) {
      return frame;
    }
  }
  return std::unexpected(base::Status::kUnavailable);
}

base::Status EthernetDriver::Transmit(base::Pbuf&& frame) {
  if (!link_.is_up()) {
    ++stats_.tx_link_down;
    return base::Status::kUnreachable;
  }
  const size_t size = frame.size();
  if (size > kMaxFrame) {
    return base::Status::kInvalidArgument;
  }
  const base::Status status = DoTransmit(std::move(frame));
  if (status == base::Status::kUnavailable) {
    ++stats_.tx_no_room;
  }
  if (status == base::Status::kOk) {
    ++stats_.tx_frames;
    stats_.tx_octets += size;
  }
  return status;
}

base::Instant EthernetDriver::Poll(base::Instant now) {
  const base::LinkState before = link_.state;
  const base::Instant next = DoPoll(now, link_);
  if (link_.state != before) {
    ++stats_.link_changes;
  }
  return next;
}

}  // namespace stack
