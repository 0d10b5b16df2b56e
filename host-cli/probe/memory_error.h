// Ways to fail, in the words of target_memory.h.
#pragma once

#include <string>
#include <utility>

#include "host-cli/probe/target_memory.h"

namespace netctl {

inline std::unexpected<MemoryError> FailMemory(MemoryError::Kind kind, std::string message,
                                               std::string hint = {},
                                               ExitCode code = ExitCode::kChannel) {
  return std::unexpected(
      MemoryError{kind, Error{code, std::move(message), std::move(hint), std::nullopt}});
}

}  // namespace netctl
