// What the simulated MAC is plugged into.
#pragma once

#include <cstddef>
#include <span>

#include <poll.h>

#include "stack/base/bytes.h"
#include "stack/base/time.h"

namespace agent::sim {

// Where frames from the wire go.
class FrameSink {
 public:
  virtual void OnFrame(base::ConstByteSpan frame) = 0;

 protected:
  ~FrameSink() = default;
};

class Wire {
 public:
  static constexpr size_t kMaxFds = 64;

  // A whole frame towards the wire; false: it was not taken.
  virtual bool Send(base::ConstByteSpan frame) = 0;
  // Appends what to wait for to `fds` from index `used` on, and may bring `deadline` forward.
  // Returns the new count.
  virtual size_t Prepare(std::span<pollfd> fds, size_t used, base::Instant& deadline) = 0;
  // After the wait: delivers frames to the sink. `failed`: poll was interrupted.
  virtual void Process(std::span<const pollfd> fds, bool failed) = 0;

 protected:
  ~Wire() = default;
};

}  // namespace agent::sim
