// Compares structs with kFields as a whole and names the members that differ.
#pragma once

#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "stack/base/fields.h"
#include "tests/support/fields_printer.h"

namespace test {
namespace internal {

template <typename T>
void Difference(const std::string& path, const T& actual, const T& expected,
                std::ostringstream& out) {
  if constexpr (base::Described<T>) {
    T::kFields.Apply([&](const auto&... field) {
      (Difference(path + (path.empty() ? "" : ".") + std::string(field.name), actual.*field.member,
                  expected.*field.member, out),
       ...);
    });
  } else if (!(actual == expected)) {
    out << "  " << path << " is ";
    PrintValue(actual, out);
    out << ", expected ";
    PrintValue(expected, out);
    out << '\n';
  }
}

}  // namespace internal

template <base::Described T>
testing::AssertionResult SameFields(const T& actual, const T& expected) {
  std::ostringstream out;
  internal::Difference("", actual, expected, out);
  if (out.str().empty()) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << "members differ:\n" << out.str();
}

}  // namespace test
