#include "host-cli/phy_registers.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace netctl {
namespace {

// clang-format off
// IEEE 802.3 22.2.4.1.
constexpr PhyField kBmcr[] = {
    {15, 15, "reset", "reset in progress"},
    {14, 14, "loopback", "data turn round in the PHY"},
    {13, 13, "speed", "10|100 Mbit/s (when not negotiating)"},
    {12, 12, "an_enable", "auto-negotiation"},
    {11, 11, "power_down", "powered down"},
    {10, 10, "isolate", "MII/RMII pins off"},
    {9, 9, "an_restart", "negotiation restarts"},
    {8, 8, "duplex", "half|full (when not negotiating)"},
    {7, 7, "collision_test", "COL follows TX_EN"},
};
// 22.2.4.2. Bit 2 is latched low: it shows a loss of link until it was read.
constexpr PhyField kBmsr[] = {
    {15, 15, "100base_t4", "able"},
    {14, 14, "100base_x_full", "able"},
    {13, 13, "100base_x_half", "able"},
    {12, 12, "10_full", "able"},
    {11, 11, "10_half", "able"},
    {6, 6, "mf_preamble_suppression", "MDIO frames without preamble accepted"},
    {5, 5, "an_complete", "negotiation complete"},
    {4, 4, "remote_fault", "the partner reports a fault"},
    {3, 3, "an_ability", "can negotiate"},
    {2, 2, "link_status", "link up"},
    {1, 1, "jabber_detect", "jabber"},
    {0, 0, "extended_capability", "registers above 1 exist"},
};
constexpr PhyField kPhyId1[] = {{15, 0, "oui_3_18", ""}};
constexpr PhyField kPhyId2[] = {{15, 10, "oui_19_24", ""}, {9, 4, "model", ""}, {3, 0, "revision", ""}};
// 28.2.4.1.3 and 28.2.4.1.4.
constexpr PhyField kAnar[] = {
    {15, 15, "next_page", "next pages wanted"},
    {13, 13, "remote_fault", "we report a fault"},
    {11, 11, "pause_asymmetric", "advertised"},
    {10, 10, "pause", "advertised"},
    {9, 9, "100base_t4", "advertised"},
    {8, 8, "100_full", "advertised"},
    {7, 7, "100_half", "advertised"},
    {6, 6, "10_full", "advertised"},
    {5, 5, "10_half", "advertised"},
    {4, 0, "selector", "1 is IEEE 802.3"},
};
constexpr PhyField kAnlpar[] = {
    {15, 15, "next_page", "partner has next pages"},
    {14, 14, "acknowledge", "partner received our page"},
    {13, 13, "remote_fault", "partner reports a fault"},
    {11, 11, "pause_asymmetric", "partner able"},
    {10, 10, "pause", "partner able"},
    {9, 9, "100base_t4", "partner able"},
    {8, 8, "100_full", "partner able"},
    {7, 7, "100_half", "partner able"},
    {6, 6, "10_full", "partner able"},
    {5, 5, "10_half", "partner able"},
    {4, 0, "selector", "1 is IEEE 802.3"},
};
constexpr PhyField kAner[] = {
    {4, 4, "parallel_detection_fault", "more than one technology detected"},
    {3, 3, "partner_next_page_able", "able"},
    {2, 2, "next_page_able", "able"},
    {1, 1, "page_received", "a new page arrived"},
    {0, 0, "partner_an_able", "the partner negotiates"},
};
constexpr PhyRegisterName kClause22[] = {
    {0, "BMCR", "basic mode control", kBmcr},
    {1, "BMSR", "basic mode status", kBmsr},
    {2, "PHYID1", "PHY identifier 1", kPhyId1},
    {3, "PHYID2", "PHY identifier 2", kPhyId2},
    {4, "ANAR", "auto-negotiation advertisement", kAnar},
    {5, "ANLPAR", "link partner ability", kAnlpar},
    {6, "ANER", "auto-negotiation expansion", kAner},
    {7, "ANNPTR", "next page transmit", {}},
};
// clang-format on

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// The `index`-th of the values in "a|b|c"; empty when `meaning` is no such list or is shorter.
std::string_view ValueName(std::string_view meaning, size_t index) {
  if (meaning.find('|') == std::string_view::npos) {
    return {};
  }
  for (; index > 0; --index) {
    const size_t bar = meaning.find('|');
    if (bar == std::string_view::npos) {
      return {};
    }
    meaning.remove_prefix(bar + 1);
  }
  return meaning.substr(0, meaning.find('|'));
}

std::string MeaningOf(const PhyField& field, uint16_t value) {
  if (const std::string_view name = ValueName(field.meaning, value); !name.empty()) {
    return std::string(name);
  }
  if (field.meaning.find('|') != std::string_view::npos ||
      (field.high == field.low && value == 0)) {
    return {};
  }
  return std::string(field.meaning);
}

}  // namespace

std::span<const PhyRegisterName> Clause22Registers() { return kClause22; }

const PhyRegisterName* FindPhyRegister(uint32_t id, uint8_t reg) {
  std::span<const PhyRegisterName> names = Clause22Registers();
  if (reg >= 16) {
    const PhyVendor* const vendor = FindPhyVendor(id);
    if (vendor == nullptr) {
      return nullptr;
    }
    names = vendor->registers;
  }
  const auto found = std::ranges::find(names, reg, &PhyRegisterName::reg);
  return found == names.end() ? nullptr : &*found;
}

int ParsePhyRegister(uint32_t id, std::string_view text) {
  for (uint8_t reg = 0; reg < 32; ++reg) {
    const PhyRegisterName* const name = FindPhyRegister(id, reg);
    if (name != nullptr && EqualIgnoringCase(name->name, text)) {
      return reg;
    }
  }
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  text.remove_prefix(hex ? 2 : 0);
  int reg = -1;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), reg, hex ? 16 : 10);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && reg >= 0 && reg < 32 ? reg : -1;
}

std::vector<DecodedField> DecodePhyRegister(const PhyRegisterName& reg, uint16_t value) {
  std::vector<DecodedField> decoded;
  for (const PhyField& field : reg.fields) {
    const auto mask = static_cast<uint16_t>((1u << (field.high - field.low + 1)) - 1);
    const auto bits = static_cast<uint16_t>((value >> field.low) & mask);
    decoded.push_back({field.name, field.high, field.low, bits, MeaningOf(field, bits)});
  }
  return decoded;
}

}  // namespace netctl
