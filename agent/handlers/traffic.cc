#include "agent/handlers/handlers.h"
#include "agent/services/http_client.h"
#include "agent/services/perf.h"

namespace agent {
namespace {

// Intervals become events; totals are kept until there is room.
class PerfEvents final : public PerfObserver {
 public:
  explicit PerfEvents(Job& job) : job_(job) {}

  void OnInterval(const protocol::PerfInterval& interval) override {
    if (interval.total) {
      job_.SendLast<protocol::PerfStep>(interval);
      return;
    }
    // A channel that is busy loses an interval, not the throughput.
    static_cast<void>(job_.TrySend<protocol::PerfStep>(interval));
  }

 private:
  Job& job_;
};

stack::Task<base::Status> RunPerfJob(stack::TaskContext& context, Job& job,
                                     protocol::PerfRequest request) {
  PerfEvents events(job);
  const base::Status ended = co_await RunPerf(context, job.core().stack, request, events);
  co_return ended;
}

// The body goes to the host when it wants it; the channel's pace is then the server's.
class HttpEvents final : public HttpSink {
 public:
  HttpEvents(Job& job, bool want_body) : job_(job), want_body_(want_body) {}

  void OnProgress(const protocol::HttpProgressInfo& progress) override {
    // Without room for it the next one says more.
    static_cast<void>(job_.TrySend<protocol::HttpProgress>(progress));
  }
  base::Result<size_t> Write(base::ConstByteSpan body) override {
    if (!want_body_) {
      return body.size();
    }
    chunk_.data.Assign(body);
    const base::Status sent = job_.TrySend<protocol::HttpBody>(chunk_);
    if (sent != base::Status::kOk) {
      return std::unexpected(sent);
    }
    return chunk_.data.size();
  }
  base::Signal& changed() override { return job_.room_changed(); }

 private:
  Job& job_;
  bool want_body_;
  protocol::HttpChunk chunk_;
};

stack::Task<base::Status> RunHttpJob(stack::TaskContext& context, Job& job,
                                     protocol::HttpRequest request) {
  Core& core = job.core();
  HttpEvents events(job, request.want_body);
  protocol::HttpResult result;
  const base::Status fetched =
      co_await FetchHttp(context, core.stack, core.dns, request, events, result);
  if (fetched != base::Status::kOk) {
    co_return fetched;
  }
  const base::Status sent = co_await SendEvent<protocol::HttpDone>(job, result);
  co_return sent;
}

}  // namespace

base::Result<protocol::Empty> Handlers::Handle(protocol::PerfTcp,
                                               const protocol::PerfRequest& request) {
  if (request.peer.port == 0 || request.interval_ms == 0 ||
      request.direction > protocol::PerfDirection::kBoth) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  return StartJob<protocol::PerfTcp>(&RunPerfJob, request);
}

base::Result<protocol::Empty> Handlers::Handle(protocol::GetHttp,
                                               const protocol::HttpRequest& request) {
  if (request.host.empty() || request.port == 0) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  return StartJob<protocol::GetHttp>(&RunHttpJob, request);
}

}  // namespace agent
