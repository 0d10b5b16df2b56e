#include "host-cli/openocd/log.h"

#include <spdlog/spdlog.h>

namespace netctl {
namespace {

constexpr size_t kKeptLog = 64U << 10;

}  // namespace

void OpenOcdLog::Add(std::string_view text) {
  text_ += text;
  if (text_.size() > kKeptLog) {
    text_.erase(0, text_.size() - kKeptLog);
  }
  line_ += text;
  for (size_t end = 0; (end = line_.find('\n')) != std::string::npos;) {
    const std::string line = line_.substr(0, end);
    line_.erase(0, end + 1);
    spdlog::debug("openocd: {}", line);
  }
}

}  // namespace netctl
