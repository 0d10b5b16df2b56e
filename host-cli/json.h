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

extern template class nlohmann::basic_json<nlohmann::ordered_map>;

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

// The library's own constructors are templates that take the compiler long: they stay in json.cc.
Json FromBool(bool value);
Json FromSigned(int64_t value);
Json FromUnsigned(uint64_t value);
Json FromDouble(double value);
Json FromText(std::string_view text);
Json FromAddress(const base::MacAddress& address);
Json FromAddress(const base::Ipv4Address& address);
Json FromAddress(const base::IpAddress& address);
Json FromAddress(const base::SocketAddress& address);
Json EmptyObject();
Json EmptyArray();
void AddMember(Json& object, std::string_view name, Json&& value);
void AddElement(Json& array, Json&& value);

}  // namespace internal

template <typename T>
Json ToJson(const T& value) {
  if constexpr (std::same_as<T, Json>) {
    return value;
  } else if constexpr (std::same_as<T, bool>) {
    return internal::FromBool(value);
  } else if constexpr (std::is_floating_point_v<T>) {
    return internal::FromDouble(value);
  } else if constexpr (std::is_integral_v<T>) {
    return std::is_signed_v<T> ? internal::FromSigned(static_cast<int64_t>(value))
                               : internal::FromUnsigned(static_cast<uint64_t>(value));
  } else if constexpr (internal::Address<T>) {
    return internal::FromAddress(value);
  } else if constexpr (std::same_as<T, base::Status>) {
    return internal::FromText(base::StatusName(value));
  } else if constexpr (std::is_enum_v<T>) {
    return internal::FromText(EnumName(value));
  } else if constexpr (internal::TextLike<T>) {
    return internal::FromText(EscapeText(value.view()));
  } else if constexpr (std::convertible_to<T, std::string_view>) {
    return internal::FromText(EscapeText(value));
  } else if constexpr (internal::Octets<T>) {
    return internal::FromText(FormatHex(std::as_bytes(std::span(value.begin(), value.end()))));
  } else if constexpr (base::Described<T>) {
    Json object = internal::EmptyObject();
    base::ForEachField(value, [&object](std::string_view name, const auto& member) {
      internal::AddMember(object, name, ToJson(member));
    });
    return object;
  } else {
    Json array = internal::EmptyArray();
    for (const auto& element : value) {
      internal::AddElement(array, ToJson(element));
    }
    return array;
  }
}

}  // namespace netctl
