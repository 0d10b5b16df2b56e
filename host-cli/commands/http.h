// HTTP fetch by the board, for the command and for bring-up.
#pragma once

#include <functional>
#include <string>

#include "host-cli/context.h"
#include "host-cli/http_url.h"
#include "protocol/methods.h"

namespace netctl {

struct HttpHandlers {
  std::function<void(const protocol::HttpProgressInfo&)> on_progress;
  std::function<Expected<void>(base::ConstByteSpan)> on_body;  // an error ends the fetch
};

// kFailed with the reason when no whole response came; any HTTP status code is a result.
Expected<protocol::HttpResult> FetchHttp(Context& context, const protocol::HttpRequest& request,
                                         const HttpHandlers& handlers);

}  // namespace netctl
