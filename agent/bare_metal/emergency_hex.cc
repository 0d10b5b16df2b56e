#include <array>
#include <cstddef>
#include <cstdint>

#include "agent/bare_metal/machine.h"

namespace agent::machine {

void WriteEmergencyHex(std::string_view label, uint32_t value) {
  std::array<char, 8> digits;
  for (size_t i = 0; i < digits.size(); ++i) {
    digits[i] = "0123456789abcdef"[(value >> (28 - 4 * i)) & 0xf];
  }
  WriteEmergencyText(label);
  WriteEmergencyText({digits.data(), digits.size()});
}

}  // namespace agent::machine
