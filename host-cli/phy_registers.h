// Names of PHY registers and their bits, for decoded dumps.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace netctl {

// One bit or field of a register.
struct PhyField {
  uint8_t high = 0;  // bit numbers, high >= low
  uint8_t low = 0;
  std::string_view name;
  std::string_view meaning;  // what a non-zero value says; "a|b|c" names the values of a field
};

struct PhyRegisterName {
  uint8_t reg = 0;
  std::string_view name;  // "BMCR"
  std::string_view title;
  std::span<const PhyField> fields;
};

// The registers of one PHY family that its vendor added to clause 22.
struct PhyVendor {
  uint32_t id = 0;
  uint32_t mask = 0;
  std::string_view name;
  std::span<const PhyRegisterName> registers;
};

// IEEE 802.3 clause 22 registers 0 to 15.
std::span<const PhyRegisterName> Clause22Registers();

// The vendor's registers for a PHY identifier; nullptr when the family is not known.
const PhyVendor* FindPhyVendor(uint32_t id);

// Name and fields of register `reg` of the PHY with identifier `id`; nullptr for a register that
// has no name here.
const PhyRegisterName* FindPhyRegister(uint32_t id, uint8_t reg);

// Accepts "17", "0x11" or a name ("bmsr", "physts"). Returns -1 when there is no such register.
int ParsePhyRegister(uint32_t id, std::string_view text);

struct DecodedField {
  std::string_view name;
  uint8_t high = 0;
  uint8_t low = 0;
  uint16_t value = 0;
  std::string meaning;
};

// Every field of the register with its value, high bits first.
std::vector<DecodedField> DecodePhyRegister(const PhyRegisterName& reg, uint16_t value);

}  // namespace netctl
