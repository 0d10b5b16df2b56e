#include "stack/address_probe.h"

#include "stack/netif.h"
#include "stack/stack.h"

namespace stack {
namespace {

base::Duration RandomUpTo(base::Duration limit, Random& random) {
  return base::Duration(random.Below(static_cast<uint32_t>(limit.count()) + 1));
}

}  // namespace

AddressProbe::AddressProbe(Stack& stack)
    : stack_(stack), timer_(*this), changed_(stack.executor()) {}

void AddressProbe::Start(NetIf& netif, base::Ipv4Address address, const ProbeTiming& timing) {
  netif_ = &netif;
  address_ = address;
  timing_ = timing;
  sent_ = 0;
  state_ = ProbeState::kProbing;
  stack_.arp().Observe(*this);
  stack_.timers().Arm(timer_, stack_.now() + RandomUpTo(timing.first_wait_max, stack_.random()));
}

void AddressProbe::Stop() {
  Unlink();
  stack_.timers().Cancel(timer_);
  state_ = ProbeState::kIdle;
}

void AddressProbe::Finish(ProbeState state) {
  Stop();
  state_ = state;
  changed_.Notify();
}

void AddressProbe::OnTimer(base::Instant now) {
  if (sent_ == timing_.count) {
    return Finish(ProbeState::kFree);
  }
  ++sent_;
  // A probe that does not get out is like one that gets lost: there are others.
  static_cast<void>(stack_.arp().SendRequest(*netif_, address_, base::Ipv4Address{}));
  const base::Duration spread = timing_.interval_max - timing_.interval_min;
  stack_.timers().Arm(
      timer_,
      now + (sent_ == timing_.count ? timing_.last_wait
                                    : timing_.interval_min + RandomUpTo(spread, stack_.random())));
}

// Somebody speaks for the address, or probes for it as we do.
bool AddressProbe::OnArp(NetIf& netif, const wire::ArpPacket& packet) {
  const bool claims = packet.sender_ip == address_;
  const bool probes = packet.operation == wire::kArpRequest && packet.sender_ip.is_unspecified() &&
                      packet.target_ip == address_;
  if (&netif != netif_ || (!claims && !probes)) {
    return false;
  }
  holder_ = packet.sender_mac;
  Finish(ProbeState::kInUse);
  return true;
}

}  // namespace stack
