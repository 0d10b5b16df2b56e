#include <array>

#include "agent/handlers/handlers.h"
#include "agent/ip_settings.h"

namespace agent {
namespace {

using protocol::DhcpMessage;

// One step of an exchange and when it happened.
struct Step {
  DhcpMessage message;
  base::Instant when;
};

// Turns what the client notes about its exchange into events, each once.
class DhcpReporter {
 public:
  DhcpReporter(const stack::DhcpClient& client, base::Instant start)
      : client_(client), start_(start) {}

  // Whether a step has happened that was not reported.
  bool has_next() const {
    return sent_again() || (next_ < kSteps && Steps()[next_].when != base::kNever);
  }

  // The next one. False: none.
  bool Next(protocol::DhcpStepInfo& step) {
    if (!has_next()) {
      return false;
    }
    if (sent_again()) {
      ++discovers_;
      step = {.message = DhcpMessage::kDiscover, .time_us = Since(last_seen_)};
      return true;
    }
    const Step next = Steps()[next_];
    step = {.message = next.message, .time_us = Since(next.when)};
    if (next_ == 0) {
      discovers_ = client_.times().discovers;
    } else {
      step.address = client_.lease().address;
      step.server = client_.lease().server;
    }
    ++next_;
    return true;
  }

  void set_seen(base::Instant now) { last_seen_ = now; }
  bool done() const { return client_.has_lease() && client_.times().bound != base::kNever; }

 private:
  static constexpr size_t kSteps = 5;

  std::array<Step, kSteps> Steps() const {
    const stack::DhcpTimes& times = client_.times();
    return {{{DhcpMessage::kDiscover, times.started},
             {DhcpMessage::kOffer, times.offer},
             {DhcpMessage::kRequest, times.request},
             {DhcpMessage::kAck, times.ack},
             {DhcpMessage::kBound, times.bound}}};
  }

  // The client does not note when it sends DISCOVER again: the time of the report has to do.
  bool sent_again() const { return discovers_ < client_.times().discovers && next_ > 0; }

  uint32_t Since(base::Instant when) const {
    return when > start_ ? static_cast<uint32_t>((when - start_).count()) : 0;
  }

  const stack::DhcpClient& client_;
  base::Instant start_;
  base::Instant last_seen_;
  size_t next_ = 0;
  uint8_t discovers_ = 0;
};

protocol::DhcpLease LeaseOf(uint8_t index, const stack::DhcpLease& lease) {
  return {.settings = {.interface = index,
                       .source = protocol::AddressSource::kDhcp,
                       .address = lease.address,
                       .mask = lease.mask,
                       .gateway = lease.gateway,
                       .dns = lease.dns},
          .server = lease.server,
          .lease_s = lease.lease_seconds,
          .renew_s = lease.renew_seconds,
          .rebind_s = lease.rebind_seconds,
          .domain = lease.domain.view()};
}

// Sends what there is to report.
stack::Task<base::Status> ReportSteps(stack::TaskContext&, Job& job, DhcpReporter& reporter) {
  protocol::DhcpStepInfo step;
  reporter.set_seen(job.core().now());
  while (reporter.Next(step)) {
    const base::Status sent = co_await SendEvent<protocol::DhcpStep>(job, step);
    if (sent != base::Status::kOk) {
      co_return sent;
    }
  }
  co_return base::Status::kOk;
}

bool IsOver(const stack::DhcpClient& client) {
  return client.last_failure() == base::Status::kRefused ||
         client.state() == stack::DhcpState::kStopped;
}

stack::Task<base::Status> RunDhcp(stack::TaskContext& context, Job& job,
                                  protocol::DhcpRequest request) {
  Core& core = job.core();
  Interface& interface = core.interfaces[request.interface];
  if (!interface.netif.is_up()) {
    co_return base::Status::kUnreachable;
  }
  const base::Status started = StartDhcp(interface);
  if (started != base::Status::kOk) {
    co_return started;
  }
  const base::Instant deadline = core.now() + std::chrono::milliseconds(request.timeout_ms);
  DhcpReporter reporter(interface.dhcp, core.now());
  while (!reporter.done()) {
    const base::Status reported = co_await ReportSteps(context, job, reporter);
    if (reported != base::Status::kOk) {
      co_return reported;
    }
    const base::Status waited = co_await stack::Until(interface.dhcp.changed(), deadline, [&] {
      return reporter.has_next() || IsOver(interface.dhcp) ? base::Status::kOk
                                                           : base::Status::kUnavailable;
    });
    if (waited == base::Status::kDeadlineExceeded &&
        interface.dhcp.last_failure() != base::Status::kOk) {
      co_return interface.dhcp.last_failure();
    }
    if (waited != base::Status::kOk) {
      co_return waited;
    }
    if (interface.dhcp.last_failure() == base::Status::kRefused) {
      co_return base::Status::kRefused;
    }
    if (interface.dhcp.state() == stack::DhcpState::kStopped) {
      co_return base::Status::kCancelled;
    }
  }
  const base::Status reported = co_await ReportSteps(context, job, reporter);
  if (reported != base::Status::kOk) {
    co_return reported;
  }
  const protocol::DhcpLease lease = LeaseOf(request.interface, interface.dhcp.lease());
  const base::Status sent = co_await SendEvent<protocol::DhcpBound>(job, lease);
  co_return sent;
}

}  // namespace

base::Result<protocol::Empty> Handlers::Handle(protocol::RunDhcp,
                                               const protocol::DhcpRequest& request) {
  if (core_.FindInterface(request.interface) == nullptr) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  return StartJob<protocol::RunDhcp>(&agent::RunDhcp, request);
}

}  // namespace agent
