#include "agent/services/perf_meter.h"

namespace agent {

PerfMeter::PerfMeter(const stack::TcpSocket& socket, bool sending, base::Duration interval,
                     base::Instant now, PerfObserver& observer)
    : socket_(socket),
      interval_(interval),
      start_(now),
      next_(now + interval),
      last_progress_(now),
      observer_(observer) {
  current_.sending = sending;
  total_.sending = sending;
  total_.total = true;
}

void PerfMeter::Count(size_t bytes, base::Instant now) {
  current_.bytes += bytes;
  total_.bytes += bytes;
  last_progress_ = now;
}

void PerfMeter::Tick(base::Instant now) {
  if (now < next_) {
    return;
  }
  Report(current_, retransmits_, now);
  retransmits_ += current_.retransmits;
  current_.start_us = current_.end_us;
  current_.bytes = 0;
  // On the grid of the start, behind now.
  const auto passed = (now - next_) / interval_;
  next_ += (passed + 1) * interval_;
}

void PerfMeter::Finish(base::Instant now) {
  if (current_.bytes != 0) {
    Report(current_, retransmits_, now);
  }
  Report(total_, 0, now);
}

void PerfMeter::Report(protocol::PerfInterval& interval, uint32_t retransmits_before,
                       base::Instant now) {
  const stack::TcpInfo info = socket_.info();
  interval.end_us = static_cast<uint64_t>((now - start_).count());
  interval.retransmits = info.retransmits - retransmits_before;
  interval.cwnd = info.congestion_window;
  interval.window = interval.sending ? info.send_window : info.receive_window;
  interval.rtt_us = info.rtt_us;
  observer_.OnInterval(interval);
}

}  // namespace agent
