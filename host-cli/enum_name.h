// Names of enumerators, taken from the code itself: kPhyLoopback is "phy_loopback".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace netctl {
namespace internal {

// Values from 0 to kMaxEnumValue have names; enumerations of the protocol are smaller.
inline constexpr size_t kMaxEnumValue = 31;

// "kName", or an empty view when `kValue` is no enumerator. Both compilers spell the template
// argument at the end of the function's name: "... [with auto kValue = ns::Enum::kName]" (g++),
// "... [kValue = ns::Enum::kName]" (clang); a value without a name is a cast in parentheses.
template <auto kValue>
consteval std::string_view Enumerator() {
  std::string_view text = __PRETTY_FUNCTION__;
  const size_t begin = text.find("kValue = ") + 9;
  text = text.substr(begin, text.find_first_of(";]", begin) - begin);
  if (text.starts_with('(')) {
    return {};
  }
  return text.substr(text.rfind(':') + 1);
}

template <typename Enum, size_t... kIndex>
consteval std::array<std::string_view, sizeof...(kIndex)> Enumerators(
    std::index_sequence<kIndex...>) {
  return {Enumerator<static_cast<Enum>(kIndex)>()...};
}

template <typename Enum>
inline constexpr auto kEnumerators =
    Enumerators<Enum>(std::make_index_sequence<kMaxEnumValue + 1>{});

}  // namespace internal

// "phy_loopback"; the number in decimal when the value has no name (a newer agent).
template <typename Enum>
  requires std::is_enum_v<Enum>
std::string EnumName(Enum value) {
  const auto index =
      static_cast<size_t>(static_cast<std::make_unsigned_t<std::underlying_type_t<Enum>>>(value));
  if (index > internal::kMaxEnumValue || internal::kEnumerators<Enum>[index].empty()) {
    return std::to_string(index);
  }
  std::string name;
  for (const char c : internal::kEnumerators<Enum>[index].substr(1)) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !name.empty()) {
      name += '_';
    }
    name += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return name;
}

// The enumerator that EnumName calls `name`; nullopt when there is none.
template <typename Enum>
  requires std::is_enum_v<Enum>
std::optional<Enum> EnumFromName(std::string_view name) {
  for (size_t i = 0; i <= internal::kMaxEnumValue; ++i) {
    if (!internal::kEnumerators<Enum>[i].empty() && EnumName(static_cast<Enum>(i)) == name) {
      return static_cast<Enum>(i);
    }
  }
  return std::nullopt;
}

}  // namespace netctl
