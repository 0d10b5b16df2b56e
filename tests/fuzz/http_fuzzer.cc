// HTTP heads, line by line: responses as the client reads them, requests as the server does.
#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "agent/services/http_request.h"
#include "agent/services/http_response.h"

namespace {

std::string_view NextLine(std::string_view& text) {
  const size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(text.size(), end == std::string_view::npos ? text.size() : end + 1));
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

void Response(std::string_view text) {
  agent::HttpResponseHead head;
  if (head.SetStatusLine(NextLine(text)) != base::Status::kOk) {
    return;
  }
  while (!text.empty()) {
    const std::string_view line = NextLine(text);
    if ((line.size() > 200 ? head.AddCutField(line.substr(0, 200)) : head.AddField(line)) !=
        base::Status::kOk) {
      return;
    }
  }
  if (head.body() == agent::HttpBodyKind::kLength && head.length() > agent::kMaxHttpLength) {
    std::abort();
  }
}

void Request(std::string_view text) {
  agent::HttpRequestHead head;
  if (head.SetRequestLine(NextLine(text)) != agent::HttpStatus::kOk) {
    return;
  }
  // A path that is taken cannot lead out of its root.
  if (!head.path().starts_with('/') || head.path().find("/../") != std::string_view::npos ||
      head.path().ends_with("/..")) {
    std::abort();
  }
  while (!text.empty()) {
    if (head.AddField(NextLine(text)) != agent::HttpStatus::kOk) {
      return;
    }
  }
  (void)head.Finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Response(text);
  Request(text);
  (void)agent::ParseHttpLength(text);
  (void)agent::ParseHttpChunkSize(text);
  return 0;
}
