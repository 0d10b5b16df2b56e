// Options of a command line, with errors of one clear line. Only the .cc knows CLI11, whose headers
// cost every file that includes them seconds.
//
//   AddParsed(app, "target", options->target, "address to ping").Required();
//   AddNumber(app, "-c,--count", options->count, "requests to send", 0, 65535);
//
// `name` is what CLI11 takes: "-c,--count" is an option, "target" a positional argument. A variable
// keeps its value when the command line does not name it, and outlives `app`.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "host-cli/error.h"
#include "stack/base/address.h"
#include "stack/base/time.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace netctl {

// An option that has been added.
class OptionHandle {
 public:
  explicit OptionHandle(CLI::Option* option) : option_(option) {}

  // The command line must have it.
  void Required() const;

 private:
  CLI::Option* option_;  // the App's
};

// Gives the value to `convert`; the message of its error is all that the user reads.
OptionHandle AddOption(CLI::App& app, const std::string& name,
                       std::function<Expected<void>(const std::string& text)> convert,
                       const std::string& help, const std::string& type_name);

OptionHandle AddText(CLI::App& app, const std::string& name, std::string& value,
                     const std::string& help, const std::string& type_name = "TEXT");

// One of `choices`, which the help lists.
OptionHandle AddChoice(CLI::App& app, const std::string& name, std::string& value,
                       const std::vector<std::string>& choices, const std::string& help);

// From `minimum` to `maximum` values, one after the other.
OptionHandle AddList(CLI::App& app, const std::string& name, std::vector<std::string>& values,
                     const std::string& help, const std::string& type_name, int minimum,
                     int maximum);
OptionHandle AddList(CLI::App& app, const std::string& name, std::vector<uint16_t>& values,
                     const std::string& help, const std::string& type_name, int minimum,
                     int maximum);

OptionHandle AddParsed(CLI::App& app, const std::string& name, base::Ipv4Address& value,
                       const std::string& help);
OptionHandle AddParsed(CLI::App& app, const std::string& name, base::Duration& value,
                       const std::string& help);

// With a fraction, from `minimum` to `maximum`.
OptionHandle AddDecimal(CLI::App& app, const std::string& name, double& value,
                        const std::string& help, double minimum, double maximum);

OptionHandle AddFlag(CLI::App& app, const std::string& name, bool& value, const std::string& help);
// Calls `set` once when the flag is there.
OptionHandle AddFlag(CLI::App& app, const std::string& name, std::function<void()> set,
                     const std::string& help);

namespace internal {

OptionHandle AddNumber(CLI::App& app, const std::string& name, std::function<void(uint64_t)> store,
                       const std::string& help, uint64_t minimum, uint64_t maximum);
OptionHandle AddSize(CLI::App& app, const std::string& name, std::function<void(uint64_t)> store,
                     const std::string& help, uint64_t maximum);

}  // namespace internal

// Decimal, or hexadecimal with 0x.
template <std::unsigned_integral T>
OptionHandle AddNumber(CLI::App& app, const std::string& name, T& value, const std::string& help,
                       uint64_t minimum = 0, uint64_t maximum = std::numeric_limits<T>::max()) {
  return internal::AddNumber(
      app, name, [&value](uint64_t number) { value = static_cast<T>(number); }, help, minimum,
      maximum);
}

// Bytes, with k, M and G.
template <std::unsigned_integral T>
OptionHandle AddSize(CLI::App& app, const std::string& name, T& value, const std::string& help,
                     uint64_t maximum = std::numeric_limits<T>::max()) {
  return internal::AddSize(
      app, name, [&value](uint64_t number) { value = static_cast<T>(number); }, help, maximum);
}

}  // namespace netctl
