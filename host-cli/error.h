// Why a command cannot go on: for the user, with the exit code that follows from it.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <utility>

#include "host-cli/exit_code.h"
#include "stack/base/result.h"

namespace netctl {

struct Error {
  ExitCode code = ExitCode::kFailed;
  std::string message;                 // a clause without a full stop: "ping: no route to 10.0.0.1"
  std::string hint;                    // what the user can do about it; may be empty
  std::optional<base::Status> status;  // when the agent answered with one

  // "what: message".
  Error In(std::string_view what) && {
    message = std::string(what) + ": " + message;
    return std::move(*this);
  }
};

template <typename T>
using Expected = std::expected<T, Error>;

// return Fail(ExitCode::kUsage, "...");
inline std::unexpected<Error> Fail(ExitCode code, std::string message, std::string hint = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(hint), std::nullopt});
}

}  // namespace netctl
