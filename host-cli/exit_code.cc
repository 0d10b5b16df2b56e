#include "host-cli/exit_code.h"

namespace netctl {

std::string_view ExitCodeWord(ExitCode code) {
  switch (code) {
    case ExitCode::kOk:
      return "ok";
    case ExitCode::kFailed:
      return "failed";
    case ExitCode::kUsage:
      return "usage";
    case ExitCode::kChannel:
      return "channel";
    case ExitCode::kTimeout:
      return "timeout";
    case ExitCode::kBusy:
      return "busy";
    case ExitCode::kAgent:
      return "agent";
    case ExitCode::kFlash:
      return "flash";
    case ExitCode::kSkipped:
      return "skipped";
    case ExitCode::kInterrupted:
      return "interrupted";
    case ExitCode::kTerminated:
      return "terminated";
  }
  return "unknown";
}

ExitCode ExitCodeOf(base::Status status) {
  switch (status) {
    case base::Status::kOk:
      return ExitCode::kOk;
    case base::Status::kInvalidArgument:
      return ExitCode::kUsage;
    case base::Status::kUnimplemented:
      return ExitCode::kSkipped;
    case base::Status::kBusy:
      return ExitCode::kBusy;
    default:
      return ExitCode::kFailed;
  }
}

}  // namespace netctl
