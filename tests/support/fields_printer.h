// Prints every struct with kFields in test failures: {type=8, code=0, ...}.
#pragma once

#include <ostream>
#include <type_traits>

#include "stack/base/address.h"
#include "stack/base/fields.h"
#include "stack/base/result.h"

namespace test::internal {

template <typename T>
void PrintValue(const T& value, std::ostream& out);

template <base::Described T>
void PrintFields(const T& object, std::ostream& out) {
  out << '{';
  bool first = true;
  base::ForEachField(object, [&](std::string_view name, const auto& member) {
    out << (first ? "" : ", ") << name << '=';
    first = false;
    PrintValue(member, out);
  });
  out << '}';
}

template <typename T>
void PrintValue(const T& value, std::ostream& out) {
  if constexpr (std::is_same_v<T, base::Ipv4Address>) {
    out << int{value.octet(0)} << '.' << int{value.octet(1)} << '.' << int{value.octet(2)} << '.'
        << int{value.octet(3)};
  } else if constexpr (base::Described<T>) {
    PrintFields(value, out);
  } else if constexpr (std::is_enum_v<T>) {
    out << static_cast<long long>(value);
  } else if constexpr (std::is_arithmetic_v<T>) {
    out << +value;
  } else {
    out << '[';
    for (const auto& element : value) {
      PrintValue(element, out);
      out << ' ';
    }
    out << ']';
  }
}

}  // namespace test::internal

namespace base {
template <Described T>
void PrintTo(const T& object, std::ostream* out) {
  test::internal::PrintValue(object, *out);
}
inline void PrintTo(Status status, std::ostream* out) { *out << StatusName(status); }
}  // namespace base

namespace wire {
template <base::Described T>
void PrintTo(const T& object, std::ostream* out) {
  test::internal::PrintValue(object, *out);
}
}  // namespace wire

namespace stack {
template <base::Described T>
void PrintTo(const T& object, std::ostream* out) {
  test::internal::PrintValue(object, *out);
}
}  // namespace stack
