// One user of a board at a time, across processes. The lock is the flock on the file and nothing
// else, so it goes with its holder, kill -9 included; the record in the file is for the message.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "host-cli/error.h"
#include "host-cli/unique_fd.h"
#include "stack/base/time.h"

namespace netctl {

class Lock {
 public:
  // Takes the lock `key`, for `reason` ("netctl ping"). Waits up to `wait` for its holder. kBusy
  // names the holder; kUsage when the file cannot be made.
  static Expected<Lock> Take(std::string_view key, std::string_view reason, base::Duration wait);

  // The file of `key`.
  static Expected<std::string> Path(std::string_view key);

 private:
  explicit Lock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace netctl
