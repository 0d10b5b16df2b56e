// Values as JSON, from the same kFields that the wire uses.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include <nlohmann/json.hpp>

#include "host-cli/enum_name.h"
#include "host-cli/format.h"
#include "stack/base/address.h"
#include "stack/base/fields.h"
#include "stack/base/result.h"

namespace netctl {

using Json = nlohmann::ordered_json;

// Addresses, text, bytes, enumerators and Status become strings, Bounded and std::array arrays
// (of octets: a hexadecimal string), structs with kFields objects.
template <typename T>
Json ToJson(const T& value);

namespace internal {

template <typename T>
concept Address = std::same_as<T, base::MacAddress> || std::same_as<T, base::Ipv4Address> ||
                  std::same_as<T, base::IpAddress> || std::same_as<T, base::SocketAddress>;

template <typename T>
concept Octets =
    std::ranges::contiguous_range<T> && (std::same_as<std::ranges::range_value_t<T>, std::byte> ||
                                         std::same_as<std::ranges::range_value_t<T>, uint8_t>);

template <typename T>
concept TextLike = requires(const T& text) {
  { text.view() } -> std::same_as<std::string_view>;
};

}  // namespace internal

template <typename T>
Json ToJson(const T& value) {
  if constexpr (std::same_as<T, Json> || std::is_arithmetic_v<T>) {
    return value;
  } else if constexpr (internal::Address<T>) {
    return fmt::format("{}", value);
  } else if constexpr (std::same_as<T, base::Status>) {
    return std::string(base::StatusName(value));
  } else if constexpr (std::is_enum_v<T>) {
    return EnumName(value);
  } else if constexpr (internal::TextLike<T>) {
    return EscapeText(value.view());
  } else if constexpr (std::convertible_to<T, std::string_view>) {
    return EscapeText(value);
  } else if constexpr (internal::Octets<T>) {
    return FormatHex(std::as_bytes(std::span(value.begin(), value.end())));
  } else if constexpr (base::Described<T>) {
    Json object = Json::object();
    base::ForEachField(value, [&object](std::string_view name, const auto& member) {
      object[std::string(name)] = ToJson(member);
    });
    return object;
  } else {
    Json array = Json::array();
    for (const auto& element : value) {
      array.push_back(ToJson(element));
    }
    return array;
  }
}

}  // namespace netctl
