#include <algorithm>
#include <optional>

#include "host-cli/commands/http.h"
#include "host-cli/commands/network.h"
#include "host-cli/format.h"

namespace netctl {

Expected<Url> ParseUrl(const std::string& text) {
  constexpr std::string_view kScheme = "http://";
  if (!text.starts_with(kScheme)) {
    return Fail(ExitCode::kUsage, fmt::format("'{}' does not begin with http://", text),
                "the board speaks plain HTTP only, for example http://10.0.2.2:8000/file");
  }
  const std::string rest = text.substr(kScheme.size());
  const size_t slash = rest.find('/');
  const std::string authority = rest.substr(0, slash);
  Url url;
  url.path = slash == std::string::npos ? "/" : rest.substr(slash);
  const size_t colon = authority.rfind(':');
  url.host = authority.substr(0, colon);
  if (colon != std::string::npos) {
    const auto port = ParseNumber(authority.substr(colon + 1), 1, 65535);
    if (!port) {
      return Fail(ExitCode::kUsage, fmt::format("'{}' is no port", authority.substr(colon + 1)));
    }
    url.port = static_cast<uint16_t>(*port);
  }
  if (url.host.empty() || url.host.size() > decltype(protocol::HttpRequest::host)::kCapacity) {
    return Fail(ExitCode::kUsage,
                fmt::format("'{}' names no host of at most 128 characters", text));
  }
  const auto harmful = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; };
  if (url.path.size() > decltype(protocol::HttpRequest::path)::kCapacity ||
      std::ranges::any_of(rest, harmful)) {
    return Fail(ExitCode::kUsage, "the path is longer than 512 characters or has blanks in it");
  }
  return url;
}

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
