// Options of a command line with values that CLI11 does not know, and errors of one clear line.
//
//   AddParsed(app, "target", options.target, "address to ping")->required();
//   AddNumber(app, "-c,--count", options.count, "requests to send", 0, 65535);
#pragma once

#include <limits>
#include <string>

#include <CLI/CLI.hpp>

#include "host-cli/enum_name.h"
#include "host-cli/format.h"

namespace netctl {

// For every type that format.h can Parse: addresses and durations.
template <typename T>
CLI::Option* AddParsed(CLI::App& app, const std::string& name, T& value, const std::string& help) {
  return app
      .add_option_function<std::string>(
          name,
          [&value, name](const std::string& text) {
            if (const auto parsed = Parse(text, value); !parsed) {
              throw CLI::ValidationError(name, parsed.error().message);
            }
          },
          help)
      ->type_name(std::is_same_v<T, base::Duration> ? "DURATION" : "ADDRESS");
}

template <std::unsigned_integral T>
CLI::Option* AddNumber(CLI::App& app, const std::string& name, T& value, const std::string& help,
                       uint64_t minimum = 0, uint64_t maximum = std::numeric_limits<T>::max()) {
  return app
      .add_option_function<std::string>(
          name,
          [&value, name, minimum, maximum](const std::string& text) {
            const auto number = ParseNumber(text, minimum, maximum);
            if (!number) {
              throw CLI::ValidationError(name, number.error().message);
            }
            value = static_cast<T>(*number);
          },
          help)
      ->type_name("NUMBER");
}

// Bytes, with k, M and G.
template <std::unsigned_integral T>
CLI::Option* AddSize(CLI::App& app, const std::string& name, T& value, const std::string& help,
                     uint64_t maximum = std::numeric_limits<T>::max()) {
  return app
      .add_option_function<std::string>(
          name,
          [&value, name, maximum](const std::string& text) {
            const auto number = ParseSize(text, maximum);
            if (!number) {
              throw CLI::ValidationError(name, number.error().message);
            }
            value = static_cast<T>(*number);
          },
          help)
      ->type_name("SIZE");
}

}  // namespace netctl
