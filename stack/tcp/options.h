// What the owner of a TCP socket chooses.
#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/base/time.h"

namespace stack {

struct TcpOptions {
  // Largest window to advertise, in bytes. A MAC that can keep only a few frames
  // (Capabilities::receive_window_frames) and the free packet buffers bound it further.
  size_t receive_buffer = 8 * 1460;
  // Bytes that Send takes before it says kUnavailable.
  size_t send_buffer = 8 * 1460;
  // True: small segments leave at once (no Nagle algorithm, RFC 9293 3.7.4).
  bool no_delay = false;
  // Idle time before the first keep-alive probe (RFC 9293 3.8.4); zero: none.
  base::Duration keep_alive = base::Duration::zero();
  // Gives up when sent data stays unacknowledged this long (RFC 9293 3.8.3, R2). It also bounds how
  // long the peer may keep its window closed; with zero that is unbounded and R2 is kTcpR2.
  base::Duration user_timeout = base::Duration::zero();
  // Local port of Connect; zero: a random free one (RFC 6056).
  uint16_t local_port = 0;
};

}  // namespace stack
