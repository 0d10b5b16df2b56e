// HTTP fetch by the board, for the command and for bring-up.
#pragma once

#include <functional>
#include <string>

#include "host-cli/context.h"
#include "protocol/methods.h"

namespace netctl {

struct Url {
  std::string host;
  uint16_t port = 80;
  std::string path = "/";
};

// http://host[:port][/path]. kUsage with what is wrong; other schemes are named.
Expected<Url> ParseUrl(const std::string& text);

struct HttpHandlers {
  std::function<void(const protocol::HttpProgressInfo&)> on_progress;
  std::function<Expected<void>(base::ConstByteSpan)> on_body;  // an error ends the fetch
};

// kFailed with the reason when no whole response came; any HTTP status code is a result.
Expected<protocol::HttpResult> FetchHttp(Context& context, const protocol::HttpRequest& request,
                                         const HttpHandlers& handlers);

}  // namespace netctl
