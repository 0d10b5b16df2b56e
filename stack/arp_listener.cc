#include "stack/arp_listener.h"

#include <algorithm>

#include "stack/stack.h"

namespace stack {

ArpListener::ArpListener(Stack& stack, NetIf& netif, base::Ipv4Address only)
    : stack_(stack), netif_(netif), only_(only), changed_(stack.executor()) {
  stack.arp().Observe(*this);
}

base::Result<ArpAnswer> ArpListener::Receive() {
  if (answers_.empty()) {
    return std::unexpected(base::Status::kUnavailable);
  }
  const ArpAnswer answer = answers_[0];
  std::copy(answers_.begin() + 1, answers_.end(), answers_.begin());
  --answers_.count;
  return answer;
}

bool ArpListener::OnArp(NetIf& netif, const wire::ArpPacket& packet) {
  const bool wanted = only_.is_unspecified() || packet.sender_ip == only_;
  if (&netif != &netif_ || packet.operation != wire::kArpReply || !wanted) {
    return false;
  }
  if (!answers_.Append({packet.sender_ip, packet.sender_mac, stack_.now()})) {
    ++dropped_;
  }
  changed_.Notify();
  return true;
}

}  // namespace stack
