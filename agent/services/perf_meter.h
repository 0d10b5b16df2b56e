// Counts one direction of a throughput test and cuts it into intervals.
#pragma once

#include <cstdint>

#include "agent/services/perf.h"
#include "protocol/messages/traffic.h"
#include "stack/base/time.h"
#include "stack/tcp/socket.h"

namespace agent {

class PerfMeter {
 public:
  // Starts at `now`. `interval` is greater than zero. The references outlive the meter.
  PerfMeter(const stack::TcpSocket& socket, bool sending, base::Duration interval,
            base::Instant now, PerfObserver& observer);

  void Count(size_t bytes, base::Instant now);
  uint64_t bytes() const { return total_.bytes; }

  // When Tick wants to be called.
  base::Instant next() const { return next_; }
  // Reports the interval that has ended. One that was overslept is reported as one long interval.
  void Tick(base::Instant now);
  // Reports the rest, unless it is empty, and the total.
  void Finish(base::Instant now);

  // When the test has stalled.
  base::Instant stalls_at() const { return last_progress_ + kPerfStallLimit; }

 private:
  void Report(protocol::PerfInterval& interval, uint32_t retransmits_before, base::Instant now);

  const stack::TcpSocket& socket_;
  base::Duration interval_;
  base::Instant start_;
  base::Instant next_;
  base::Instant last_progress_;
  uint32_t retransmits_ = 0;  // of the connection, when the interval began
  protocol::PerfInterval current_;
  protocol::PerfInterval total_;
  PerfObserver& observer_;
};

}  // namespace agent
