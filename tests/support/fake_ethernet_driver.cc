#include "tests/support/fake_ethernet_driver.h"

#include <algorithm>
#include <utility>

#include "stack/base/checksum.h"

namespace test {
namespace {

constexpr size_t kHeader = 14;  // Ethernet, which a driver leaves out of the sum

}  // namespace

FakeEthernetDriver::FakeEthernetDriver(base::PbufPools& pools, const base::MacAddress& mac)
    : EthernetDriver(pools) {
  static_cast<void>(Start(mac));
  Poll(base::Instant{});
}

base::Result<base::Pbuf> FakeEthernetDriver::DoReceive() {
  if (received_.empty()) {
    return std::unexpected(base::Status::kUnavailable);
  }
  const ByteVector bytes = std::move(received_.front());
  received_.pop_front();
  if (bytes.size() > kMaxFrame) {
    ++counters().rx_too_long;
    return std::unexpected(base::Status::kDataLoss);
  }
  auto frame = pools().Allocate(kReceiveHeadroom, kMaxFrame, base::Holder::kStack);
  if (!frame) {
    ++counters().rx_no_buffer;
    return std::unexpected(base::Status::kResourceExhausted);
  }
  std::ranges::copy(bytes, frame->Append(bytes.size()).begin());
  if (sum_ && bytes.size() >= kHeader) {
    frame->set_sum(base::SumBytes(frame->bytes().subspan(kHeader)));
  }
  return frame;
}

base::Status FakeEthernetDriver::DoTransmit(base::Pbuf&& frame) {
  if (room_ == 0) {
    return base::Status::kUnavailable;
  }
  if (room_ != SIZE_MAX) {
    --room_;
  }
  ByteVector bytes;
  frame.ForEachPart([&](base::ConstByteSpan part) { AppendTo(bytes, part); });
  sent_.push_back(std::move(bytes));
  base::Pbuf owned = std::move(frame);
  owned.set_holder(base::Holder::kDriverTransmit);
  if (hold_) {
    ring_.push_back(std::move(owned));
  }
  return base::Status::kOk;
}

base::Instant FakeEthernetDriver::DoPoll(base::Instant, base::LinkMode& link) {
  link = link_up_ ? base::LinkMode{.state = base::LinkState::kUp,
                                   .speed_mbit = 100,
                                   .duplex = base::Duplex::kFull}
                  : base::LinkMode{};
  return base::kNever;
}

}  // namespace test
