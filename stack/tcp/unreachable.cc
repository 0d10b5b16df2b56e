// What ICMP says about our segments (RFC 1122 4.2.3.9, RFC 5927, RFC 1191).
#include <algorithm>

#include "stack/stack.h"
#include "stack/tcp/connection.h"
#include "stack/tcp/limits.h"
#include "stack/wire/icmp.h"

namespace stack {

using base::Status;

void Connection::OnUnreachable(Sequence quoted, uint8_t code, uint16_t mtu, bool is_hard) {
  if (!IsWithin(quoted, snd_.una, snd_.max - snd_.una)) {
    return;  // an old one, or forged
  }
  if (code == wire::kUnreachableFragmentationNeeded) {
    return OnPathMtu(mtu);
  }
  if (state_ == TcpState::kSynSent) {
    return Terminate(is_hard ? Status::kRefused : Status::kUnreachable);
  }
  soft_error_ = Status::kUnreachable;  // what to say if the retransmissions fail too
}

// Only ever makes segments smaller; what is in flight is sent again at the new size.
void Connection::OnPathMtu(uint16_t mtu) {
  const auto mss = static_cast<uint16_t>(std::max(mtu, kMinPathMtu) - kTcpIpHeaderSize);
  if (!is_synchronized() || mss >= snd_.mss) {
    return;
  }
  snd_.mss = mss;
  congestion_.SetMss(mss);
  snd_.nxt = snd_.una;
  send_queue_.Rewind();
  Output();
}

}  // namespace stack
