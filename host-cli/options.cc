#include "host-cli/options.h"

#include <utility>

#include <CLI/CLI.hpp>

#include "host-cli/format.h"

namespace netctl {
namespace {

using Converter = std::function<Expected<void>(const std::string&)>;

// The message of an error begins with the option's name.
OptionHandle AddNamed(CLI::App& app, const std::string& name, Converter convert,
                      const std::string& help, const std::string& type_name) {
  const auto named = [name,
                      convert = std::move(convert)](const std::string& text) -> Expected<void> {
    auto converted = convert(text);
    if (!converted) {
      return std::unexpected(std::move(converted).error().In(name));
    }
    return {};
  };
  return AddOption(app, name, named, help, type_name);
}

Expected<void> Store(const Expected<uint64_t>& number, const std::function<void(uint64_t)>& store) {
  if (!number) {
    return std::unexpected(number.error());
  }
  store(*number);
  return {};
}

template <typename T>
OptionHandle AddValues(CLI::App& app, const std::string& name, std::vector<T>& values,
                       const std::string& help, const std::string& type_name, int minimum,
                       int maximum) {
  return OptionHandle(
      app.add_option(name, values, help)->type_name(type_name)->expected(minimum, maximum));
}

}  // namespace

void OptionHandle::Required() const { option_->required(); }

OptionHandle AddOption(CLI::App& app, const std::string& name, Converter convert,
                       const std::string& help, const std::string& type_name) {
  const auto call = [convert = std::move(convert)](const std::string& text) {
    if (const auto converted = convert(text); !converted) {
      throw CLI::ValidationError(converted.error().message);
    }
  };
  return OptionHandle(app.add_option_function<std::string>(name, call, help)->type_name(type_name));
}

OptionHandle AddText(CLI::App& app, const std::string& name, std::string& value,
                     const std::string& help, const std::string& type_name) {
  return OptionHandle(app.add_option(name, value, help)->type_name(type_name));
}

OptionHandle AddChoice(CLI::App& app, const std::string& name, std::string& value,
                       const std::vector<std::string>& choices, const std::string& help) {
  return OptionHandle(app.add_option(name, value, help)->check(CLI::IsMember(choices)));
}

OptionHandle AddList(CLI::App& app, const std::string& name, std::vector<std::string>& values,
                     const std::string& help, const std::string& type_name, int minimum,
                     int maximum) {
  return AddValues(app, name, values, help, type_name, minimum, maximum);
}

OptionHandle AddList(CLI::App& app, const std::string& name, std::vector<uint16_t>& values,
                     const std::string& help, const std::string& type_name, int minimum,
                     int maximum) {
  return AddValues(app, name, values, help, type_name, minimum, maximum);
}

OptionHandle AddParsed(CLI::App& app, const std::string& name, base::Ipv4Address& value,
                       const std::string& help) {
  return AddNamed(
      app, name, [&value](const std::string& text) { return Parse(text, value); }, help, "ADDRESS");
}

OptionHandle AddParsed(CLI::App& app, const std::string& name, base::Duration& value,
                       const std::string& help) {
  return AddNamed(
      app, name, [&value](const std::string& text) { return Parse(text, value); }, help,
      "DURATION");
}

OptionHandle AddDecimal(CLI::App& app, const std::string& name, double& value,
                        const std::string& help, double minimum, double maximum) {
  return OptionHandle(app.add_option(name, value, help)->check(CLI::Range(minimum, maximum)));
}

OptionHandle AddFlag(CLI::App& app, const std::string& name, bool& value, const std::string& help) {
  return OptionHandle(app.add_flag(name, value, help));
}

OptionHandle AddFlag(CLI::App& app, const std::string& name, std::function<void()> set,
                     const std::string& help) {
  return OptionHandle(app.add_flag_callback(name, std::move(set), help));
}

namespace internal {

OptionHandle AddNumber(CLI::App& app, const std::string& name, std::function<void(uint64_t)> store,
                       const std::string& help, uint64_t minimum, uint64_t maximum) {
  return AddNamed(
      app, name,
      [store = std::move(store), minimum, maximum](const std::string& text) {
        return Store(ParseNumber(text, minimum, maximum), store);
      },
      help, "NUMBER");
}

OptionHandle AddSize(CLI::App& app, const std::string& name, std::function<void(uint64_t)> store,
                     const std::string& help, uint64_t maximum) {
  return AddNamed(
      app, name,
      [store = std::move(store), maximum](const std::string& text) {
        return Store(ParseSize(text, maximum), store);
      },
      help, "SIZE");
}

}  // namespace internal

}  // namespace netctl
