// A progress bar on stderr: on a terminal only, at most ten times a second.
#pragma once

#include <cstdint>
#include <string>

#include "host-cli/report.h"
#include "stack/base/time.h"

namespace netctl {

class Progress {
 public:
  // `total` 0 means that nobody knows: a count without a bar.
  Progress(Report& report, std::string what, uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `detail` stands behind the bar, for example a rate.
  void Update(uint64_t done, base::Instant now, std::string_view detail = {});
  // Takes the line away; the next Update draws it again.
  void Clear();

 private:
  Report& report_;
  std::string what_;
  uint64_t total_;
  base::Instant next_draw_{};
  bool visible_ = false;
};

}  // namespace netctl
