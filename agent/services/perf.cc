#include "agent/services/perf.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "agent/services/chargen_pattern.h"
#include "agent/services/perf_meter.h"
#include "stack/sequential/task_set.h"
#include "stack/sequential/tcp.h"

namespace agent {
namespace {

using base::Status;
using protocol::PerfDirection;
using protocol::PerfRequest;
using stack::Task;
using stack::TaskContext;

constexpr base::Duration kConnectLimit = std::chrono::seconds(10);

// One direction of a test, and what became of it.
struct Flow {
  stack::Stack& stack;
  const PerfRequest& request;
  PerfObserver& observer;
  bool sending;
  Status outcome = Status::kOk;

  base::Instant now() const { return stack.now(); }
};

// The text from where the test is, no more than is still to be sent.
base::ConstByteSpan NextText(const PerfRequest& request, const PerfMeter& meter) {
  const base::ConstByteSpan text = ChargenFrom(meter.bytes());
  if (request.bytes == 0) {
    return text;
  }
  return text.first(
      static_cast<size_t>(std::min<uint64_t>(text.size(), request.bytes - meter.bytes())));
}

// An await that was to end at `wake` gave `status`: true when only the clock ended it, for the next
// report, and the test goes on.
bool GoesOn(Status status, base::Instant wake, const PerfMeter& meter, base::Instant now) {
  return status == Status::kDeadlineExceeded && now >= wake && now < meter.stalls_at();
}

Task<Status> SendText(TaskContext&, Flow& flow, stack::TcpSocket& socket, PerfMeter& meter) {
  const uint64_t limit = flow.request.bytes != 0 ? flow.request.bytes : UINT64_MAX;
  const base::Instant end = flow.request.bytes != 0
                                ? base::kNever
                                : flow.now() + std::chrono::milliseconds(flow.request.duration_ms);
  while (flow.now() < end && meter.bytes() < limit) {
    const base::Instant wake = std::min({end, meter.next(), meter.stalls_at()});
    const base::ConstByteSpan text = NextText(flow.request, meter);
    const base::Result<size_t> sent = co_await SendSome(socket, text, wake);
    if (sent) {
      meter.Count(*sent, flow.now());
    } else if (!GoesOn(sent.error(), wake, meter, flow.now())) {
      co_return sent.error();
    }
    meter.Tick(flow.now());
  }
  const Status closed = socket.CloseSend();
  if (closed != Status::kOk) {
    co_return closed;
  }
  co_return co_await Acknowledged(socket, flow.now() + kPerfStallLimit);
}

Task<Status> DropText(TaskContext&, Flow& flow, stack::TcpSocket& socket, PerfMeter& meter) {
  while (true) {
    const base::Instant wake = base::Earlier(meter.next(), meter.stalls_at());
    const base::Result<base::Pbuf> data = co_await Receive(socket, wake);
    if (data) {
      meter.Count(data->size(), flow.now());
    } else if (data.error() == Status::kClosed) {
      co_return Status::kOk;
    } else if (!GoesOn(data.error(), wake, meter, flow.now())) {
      co_return data.error();
    }
    meter.Tick(flow.now());
  }
}

// Says who sends, moves the data, and reports.
Task<Status> Measure(TaskContext& context, Flow& flow, stack::TcpSocket& socket) {
  const std::string_view role = flow.sending ? "s" : "r";
  Status status = co_await Send(socket, base::AsBytes(role), flow.now() + kPerfStallLimit);
  if (status != Status::kOk) {
    co_return status;
  }
  PerfMeter meter(socket, flow.sending, std::chrono::milliseconds(flow.request.interval_ms),
                  flow.now(), flow.observer);
  if (flow.sending) {
    status = co_await SendText(context, flow, socket, meter);
  } else {
    status = co_await DropText(context, flow, socket, meter);
  }
  meter.Finish(flow.now());
  co_return status;
}

Task<Status> RunFlow(TaskContext& context, Flow& flow) {
  const stack::TcpOptions options{.no_delay = flow.request.no_delay};
  base::Result<stack::TcpSocket> socket = flow.stack.tcp().Connect(flow.request.peer, options);
  if (!socket) {
    flow.outcome = socket.error();
    co_return flow.outcome;
  }
  flow.outcome = co_await Connected(*socket, flow.now() + kConnectLimit);
  if (flow.outcome == Status::kOk) {
    flow.outcome = co_await Measure(context, flow, *socket);
  }
  if (flow.outcome == Status::kOk) {
    flow.outcome = socket->Close();
  }
  co_return flow.outcome;
}

Task<Status> RunBoth(TaskContext& context, Flow& sender, Flow& receiver) {
  stack::TaskSet<2> flows(context.runtime());
  for (Flow* const flow : {&sender, &receiver}) {
    const Status started = flows.Spawn(RunFlow, *flow);
    if (started != Status::kOk) {
      co_return started;
    }
  }
  const Status finished = co_await Finished(flows, base::kNever);
  if (finished != Status::kOk) {
    co_return finished;
  }
  co_return sender.outcome != Status::kOk ? sender.outcome : receiver.outcome;
}

}  // namespace

Task<Status> RunPerf(TaskContext& context, stack::Stack& stack, const PerfRequest& request,
                     PerfObserver& observer) {
  if (request.interval_ms == 0) {
    co_return Status::kInvalidArgument;
  }
  Flow first{stack, request, observer, request.direction != PerfDirection::kReceive};
  if (request.direction != PerfDirection::kBoth) {
    co_return co_await RunFlow(context, first);
  }
  Flow second{stack, request, observer, false};
  co_return co_await RunBoth(context, first, second);
}

}  // namespace agent
