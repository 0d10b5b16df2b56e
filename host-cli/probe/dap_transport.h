// Carries CMSIS-DAP packets to a probe and its replies back. Commands may be sent ahead of the
// replies; replies come in the order of their commands.
#pragma once

#include "host-cli/probe/target_memory.h"
#include "stack/base/bytes.h"
#include "stack/base/time.h"

namespace netctl {

class DapTransport {
 public:
  virtual ~DapTransport() = default;

  // What the probe said its packets are at most; 64 bytes are possible before that.
  virtual void SetPacketSize(size_t bytes) = 0;

  // Sends a command without waiting for its reply. kLost: the probe is gone.
  virtual MemoryResult<void> Submit(base::ConstByteSpan packet) = 0;

  // The reply to the oldest command, valid until the next call. kLost: the probe is gone, or there
  // was no reply until `deadline` or soon after a signal.
  virtual MemoryResult<base::ConstByteSpan> Receive(base::Instant deadline) = 0;
};

}  // namespace netctl
