#include <algorithm>
#include <utility>

#include "agent/handlers/handlers.h"

namespace agent {
namespace {

// Gives the query up when the job ends first.
class ScopedQuery {
 public:
  ScopedQuery(stack::DnsClient& dns, stack::DnsClient::Handle handle)
      : dns_(dns), handle_(handle) {}
  ScopedQuery(const ScopedQuery&) = delete;
  ScopedQuery& operator=(const ScopedQuery&) = delete;
  ~ScopedQuery() { dns_.Cancel(handle_); }

 private:
  stack::DnsClient& dns_;
  stack::DnsClient::Handle handle_;
};

protocol::DnsAnswer Describe(const stack::DnsAnswer& answer) {
  protocol::DnsAnswer out{.ttl_s = answer.ttl_seconds,
                          .server = answer.server.v4,
                          .time_us = static_cast<uint32_t>(answer.elapsed.count()),
                          .queries = answer.from_cache ? uint8_t{0} : answer.queries};
  out.addresses.Assign(answer.addresses.span());
  return out;
}

stack::Task<base::Status> RunResolve(stack::TaskContext&, Job& job, protocol::DnsRequest request) {
  Core& core = job.core();
  const bool own_server = !request.server.is_unspecified();
  const stack::DnsClient::Options options{
      .server = request.server, .port = request.port, .use_cache = !own_server};
  const base::Result<stack::DnsClient::Handle> query = core.dns.Query(request.name.view(), options);
  if (!query) {
    co_return query.error();
  }
  const ScopedQuery cancel_at_the_end(core.dns, *query);
  const base::Instant deadline = core.now() + std::chrono::milliseconds(request.timeout_ms);
  const base::Result<stack::DnsAnswer> answer =
      co_await stack::Until(core.dns.changed(), deadline, [&] { return core.dns.Take(*query); });
  if (!answer) {
    co_return answer.error();
  }
  const protocol::DnsAnswer event = Describe(*answer);
  const base::Status sent = co_await SendEvent<protocol::NameResolved>(job, event);
  co_return sent;
}

}  // namespace

base::Result<protocol::Empty> Handlers::Handle(protocol::ResolveName,
                                               const protocol::DnsRequest& request) {
  if (request.name.empty() || request.port == 0) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  return StartJob<protocol::ResolveName>(&RunResolve, request);
}

}  // namespace agent
