#include "stack/stack.h"

#include <cassert>
#include <utility>

#include "stack/config.h"
#include "stack/wire/ethernet.h"
#include "stack/wire/ipv4.h"

namespace stack {

Stack::Stack(std::span<NetIf* const> interfaces, base::PbufPools& pools, base::Executor& executor)
    : interfaces_(interfaces),
      pools_(pools),
      executor_(executor),
      link_changed_(executor),
      ethernet_(*this),
      arp_(*this),
      ipv4_(*this),
      icmp_(*this),
      udp_(*this) {
  [[maybe_unused]] base::Status status = ipv4_.Register(wire::kProtocolIcmp, icmp_);
  assert(status == base::Status::kOk);
  status = ipv4_.Register(wire::kProtocolUdp, udp_);
  assert(status == base::Status::kOk);
}

base::Instant Stack::Poll(base::Instant now) {
  now_ = now;
  base::Instant next = base::kNever;
  bool more = false;
  for (NetIf* const netif : interfaces_) {
    next = base::Earlier(next, SuperviseLink(*netif));
    netif->driver().ReapTransmitted();
    ethernet_.Drain(*netif);
    more |= ReceiveFrames(*netif);
  }
  timers_.Run(now, kTimersPerPoll);
  next = base::Earlier(next, ipv4_.FlushTransports(now));
  for (NetIf* const netif : interfaces_) {
    if (!netif->output_.empty()) {
      next = base::Earlier(next, now + kOutputRetryInterval);
    }
  }
  return more ? now : base::Earlier(next, timers_.next());
}

base::Instant Stack::SuperviseLink(NetIf& netif) {
  const base::Instant next = netif.driver().Poll(now_);
  if (netif.is_up() != netif.was_up_) {
    netif.was_up_ = netif.is_up();
    ethernet_.DropOutput(netif);
    arp_.Flush(netif);  // it may be another network
    netif.address_changed_ = netif.is_up();
    link_changed_.Notify();
  }
  if (netif.address_changed_ && netif.is_up()) {
    netif.address_changed_ = false;
    arp_.OnAddressChange(netif);
  }
  return next;
}

bool Stack::ReceiveFrames(NetIf& netif) {
  for (size_t i = 0; i < kFramesPerPoll; ++i) {
    auto frame = netif.driver().Receive();
    if (!frame) {
      return false;
    }
    InjectReceived(netif, std::move(*frame));
  }
  return true;
}

void Stack::InjectReceived(NetIf& netif, base::Pbuf&& frame) {
  if (tap_ != nullptr) {
    tap_->OnFrame(netif, Direction::kReceive, frame, now_);
  }
  ethernet_.OnFrame(netif, std::move(frame));
}

base::Status Stack::TransmitRaw(NetIf& netif, base::Pbuf&& frame) {
  const size_t size = frame.size();
  if (size < wire::kEthernetHeaderSize || size > EthernetDriver::kMaxFrame) {
    return base::Status::kInvalidArgument;
  }
  return ethernet_.SendFrame(netif, std::move(frame));
}

}  // namespace stack
