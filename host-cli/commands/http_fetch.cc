#include <optional>

#include "host-cli/commands/http.h"
#include "host-cli/commands/network.h"
#include "host-cli/format.h"

namespace netctl {

Expected<protocol::HttpResult> FetchHttp(Context& context, const protocol::HttpRequest& request,
                                         const HttpHandlers& handlers) {
  auto job = context.client.StartJob<protocol::GetHttp>(request);
  if (!job) {
    return std::unexpected(job.error());
  }
  std::optional<protocol::HttpResult> result;
  const base::Duration silence =
      std::chrono::milliseconds(request.timeout_ms) + std::chrono::seconds(10);
  while (true) {
    const auto event = job->Next(silence);
    if (!event) {
      return std::unexpected(event.error());
    }
    if (!*event) {
      break;
    }
    if (const auto progress = (*event)->As<protocol::HttpProgress>()) {
      handlers.on_progress(*progress);
    } else if (const auto chunk = (*event)->As<protocol::HttpBody>()) {
      if (const auto taken = handlers.on_body(chunk->data.span()); !taken) {
        return std::unexpected(taken.error());
      }
    } else if (const auto done = (*event)->As<protocol::HttpDone>()) {
      result = *done;
    }
  }
  if (job->status() == base::Status::kOk && result) {
    return *result;
  }
  Error error = JobError(job->status(), fmt::format("http://{}:{}", request.host, request.port));
  if (job->status() == base::Status::kNotFound) {
    error.message = fmt::format("{}: no such name", request.host);
  } else if (job->status() == base::Status::kDataLoss) {
    error.message = fmt::format("http://{}:{}: the response is incomplete, or is no HTTP",
                                request.host, request.port);
  }
  return std::unexpected(error);
}

}  // namespace netctl
