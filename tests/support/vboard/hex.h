#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

namespace test {

// As the manuals write addresses: 0x40023800.
inline std::string Hex(uint32_t value) {
  char text[11];
  std::snprintf(text, sizeof text, "0x%08x", value);
  return text;
}

}  // namespace test
