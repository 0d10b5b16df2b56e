// A MAC whose wire is two queues.
#pragma once

#include <deque>
#include <optional>

#include "stack/device/ethernet_driver.h"
#include "tests/support/bytes.h"

namespace test {

class FakeEthernetDriver : public stack::EthernetDriver {
 public:
  // `mac` is started at once and its link is up.
  FakeEthernetDriver(base::PbufPools& pools, const base::MacAddress& mac);

  // Puts a frame on the wire towards the stack.
  void Receive(ByteVector frame) { received_.push_back(std::move(frame)); }
  using stack::EthernetDriver::Receive;
  // What the stack sent, oldest first.
  std::deque<ByteVector>& sent() { return sent_; }

  void SetLink(bool up) { link_up_ = up; }
  // Frames that the MAC takes from now on before it is full.
  void LimitRoom(size_t frames) { room_ = frames; }
  // Holds sent frames, as a DMA ring does, until the next ReapTransmitted.
  void HoldSent(bool hold) { hold_ = hold; }
  size_t held() const { return ring_.size(); }
  // Received frames carry their sum, as from a FIFO MAC.
  void SumReceived(bool sum) { sum_ = sum; }
  bool checks_link() const { return check_link_; }

  void CheckLink() override { check_link_ = true; }
  base::Capabilities capabilities() const override { return {.sums_received_frames = sum_}; }
  std::string_view name() const override { return "fake"; }

 private:
  base::Status DoStart(const base::MacAddress&) override { return base::Status::kOk; }
  base::Result<base::Pbuf> DoReceive() override;
  base::Status DoTransmit(base::Pbuf&& frame) override;
  size_t DoTransmitRoom() const override { return room_; }
  void DoReapTransmitted() override { ring_.clear(); }
  base::Instant DoPoll(base::Instant now, base::LinkMode& link) override;
  base::Status DoSetLoopback(base::Loopback) override { return base::Status::kUnimplemented; }

  std::deque<ByteVector> received_;
  std::deque<ByteVector> sent_;
  std::deque<base::Pbuf> ring_;
  size_t room_ = SIZE_MAX;
  bool link_up_ = true;
  bool hold_ = false;
  bool sum_ = true;
  bool check_link_ = false;
};

}  // namespace test
