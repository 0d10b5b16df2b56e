// TCP throughput as `netctl perf tcp` asks for it: the board connects to the host, says with its
// first byte who sends ('s' the board, 'r' the host), and one end sends until its FIN.
#pragma once

#include <cstdint>

#include "protocol/messages/traffic.h"
#include "stack/base/result.h"
#include "stack/sequential/task.h"
#include "stack/stack.h"

namespace agent {

// Who hears the intervals. Called from the task; must not wait.
class PerfObserver {
 public:
  virtual void OnInterval(const protocol::PerfInterval& interval) = 0;

 protected:
  ~PerfObserver() = default;
};

// No byte moved for so long: the test ends with kDeadlineExceeded.
inline constexpr base::Duration kPerfStallLimit = std::chrono::seconds(10);

// Runs the test to its end; `request` outlives it. A sender sends the text of RFC 864 for the
// duration, or as many bytes as asked for, and waits for their acknowledgment; a receiver drops
// what it reads, without a copy, until the host's FIN. Reports every interval and then the total of
// each direction, also of one that failed after it was connected. kInvalidArgument: interval 0;
// kResourceExhausted: no connection or no room for the task's frames; kRefused, kReset,
// kUnreachable, kDeadlineExceeded: as the connection ended; kCancelled. Of two directions, that
// of the sender if it failed, else that of the receiver.
stack::Task<base::Status> RunPerf(stack::TaskContext& context, stack::Stack& stack,
                                  const protocol::PerfRequest& request, PerfObserver& observer);

}  // namespace agent
