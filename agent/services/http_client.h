// Fetches a page as `netctl http get` asks for it: one GET over HTTP/1.1 (RFC 9112), the body to a
// sink, its SHA-256, and the times that `curl -w` prints. Redirects are reported, not followed.
#pragma once

#include <cstddef>

#include "protocol/messages/traffic.h"
#include "stack/base/bytes.h"
#include "stack/base/executor.h"
#include "stack/base/result.h"
#include "stack/dns_client.h"
#include "stack/sequential/task.h"
#include "stack/stack.h"

namespace agent {

// Where a response goes. Called from the task; must not wait.
class HttpSink {
 public:
  // When the headers are there, then at most every kHttpProgressInterval, and at the end.
  virtual void OnProgress(const protocol::HttpProgressInfo& progress) = 0;
  // Takes bytes of the body in order and returns how many, at least one. kUnavailable: none now,
  // and changed() is raised when it takes some again; any other failure ends the fetch with it.
  virtual base::Result<size_t> Write(base::ConstByteSpan body) = 0;
  virtual base::Signal& changed() = 0;

 protected:
  ~HttpSink() = default;
};

inline constexpr base::Duration kHttpProgressInterval = std::chrono::milliseconds(250);

// Lines longer than this are cut, a status line or a length among them ends the fetch.
inline constexpr size_t kHttpLineSize = 1024;
// Of all heads and trailers of one response.
inline constexpr size_t kHttpMaxHead = 16 * 1024;
inline constexpr int kHttpMaxInterim = 8;

// Runs to the end of the body; `request` outlives it. Each step (name, connection, next bytes, room
// in the sink) has request.timeout_ms. `result` is filled in as far as the fetch came. kOk: the
// whole response is there, whatever its code. kInvalidArgument: a host or path that cannot stand in
// a request. kNotFound: no such name. kClosed: the server closed before a response. kDataLoss: it
// closed within one, or what came is no HTTP. kUnimplemented: a transfer coding other than
// chunked. kResourceExhausted: no connection, no room for a frame, or a head beyond the limits.
// kRefused, kReset, kUnreachable, kDeadlineExceeded, kCancelled; what DnsClient and `sink` return.
stack::Task<base::Status> FetchHttp(stack::TaskContext& context, stack::Stack& stack,
                                    stack::DnsClient& dns, const protocol::HttpRequest& request,
                                    HttpSink& sink, protocol::HttpResult& result);

}  // namespace agent
