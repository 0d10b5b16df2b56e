// Something that messages come out of when it is polled.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include <poll.h>

#include "host-cli/error.h"
#include "host-cli/message_port.h"
#include "stack/base/time.h"

namespace netctl {

class MessageSource {
 public:
  virtual ~MessageSource() = default;
  virtual void AddPollFds(std::vector<pollfd>& fds) const = 0;
  // Moves what is ready and runs timers that are due; never waits. Returns when to call next even
  // if no file descriptor becomes ready. Fails for good once the other end is gone.
  virtual Expected<base::Instant> Process() = 0;
  virtual std::optional<Message> Take() = 0;
};

// Waits until one of: a message (returned), `deadline`, a signal, one of `extra` (revents set).
Expected<std::optional<Message>> WaitForMessage(MessageSource& source, base::Instant deadline,
                                                std::span<pollfd> extra);

// poll(2) until `deadline` over `fds`; a signal counts as ready. True when a signal arrived.
bool PollUntil(std::vector<pollfd>& fds, base::Instant deadline);

}  // namespace netctl
