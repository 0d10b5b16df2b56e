// Commands for OpenOCD over its Tcl port (OpenOCD 0.12 manual, 19 "Tcl Scripting API"): a script
// and 0x1a there, its result and 0x1a back. Results do not tell success from failure, so every
// script runs inside `catch`; and a number goes with each, so that a late answer, a notification or
// other bytes between the answers are never taken for this one.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "host-cli/channels/channel.h"
#include "host-cli/error.h"
#include "stack/base/time.h"

namespace netctl {

struct RpcError {
  enum class Kind : uint8_t {
    kScript,       // Tcl's own error; the connection stands
    kTimeout,      // no answer by the deadline; it is skipped should it come later
    kInterrupted,  // a signal arrived first
    kLost,         // OpenOCD is gone, or what answers is no OpenOCD
  };
  Kind kind = Kind::kLost;
  std::string message;
};

template <typename T>
using RpcResult = std::expected<T, RpcError>;

class OpenOcdRpc {
 public:
  explicit OpenOcdRpc(std::unique_ptr<Channel> channel) : channel_(std::move(channel)) {}

  // Runs `script` and returns its result. A signal that had arrived before does not end it:
  // clean-up goes on.
  RpcResult<std::string> Call(std::string_view script, base::Instant deadline);

 private:
  RpcResult<void> Send(std::string_view text, base::Instant deadline);
  // The next text that ends with 0x1a.
  RpcResult<std::string> Receive(base::Instant deadline);
  RpcResult<void> Wait(bool want_write, base::Instant deadline);
  RpcError Lost(const Error& error);

  std::unique_ptr<Channel> channel_;
  std::string received_;
  uint32_t number_ = 0;
  // A command that was sent in part must not be followed by another one.
  std::string broken_;
};

}  // namespace netctl
