// How netctl ends: the one table that CI rigs rely on.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "stack/base/result.h"

namespace netctl {

// Keeps ping's 0/1/2 and CTest's 77, and stays clear of timeout(1) and of 128 + signal.
enum class ExitCode : uint8_t {
  kOk = 0,
  kFailed = 1,         // the test ran; its verdict is negative
  kUsage = 2,          // command line or configuration
  kChannel = 3,        // cannot be opened, or was lost
  kTimeout = 4,        // of the whole command (--timeout)
  kBusy = 5,           // somebody else holds the board
  kAgent = 6,          // other protocol or version, or the agent restarted under us
  kFlash = 7,          // flashing or its verification failed
  kSkipped = 77,       // the target lacks the capability
  kInterrupted = 130,  // SIGINT, after clean-up
  kTerminated = 143,   // SIGTERM, after clean-up
};

// One word for "error":{"code":...} in JSON.
std::string_view ExitCodeWord(ExitCode code);

// What a command ends with when the agent's answer was `status`.
ExitCode ExitCodeOf(base::Status status);

constexpr int ToInt(ExitCode code) { return static_cast<int>(code); }

}  // namespace netctl
