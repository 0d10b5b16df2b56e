#include "host-cli/logging.h"

#include <memory>

#include <spdlog/cfg/env.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace netctl {

void SetUpLogging(int verbose, bool color) {
  auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>(
      color ? spdlog::color_mode::always : spdlog::color_mode::never);
  auto logger = std::make_shared<spdlog::logger>("", std::move(sink));
  logger->set_pattern("[%H:%M:%S.%e] %^%l%$ %v");
  spdlog::set_default_logger(std::move(logger));
  spdlog::set_level(verbose == 0   ? spdlog::level::warn
                    : verbose == 1 ? spdlog::level::debug
                                   : spdlog::level::trace);
  spdlog::cfg::load_env_levels();
}

}  // namespace netctl
