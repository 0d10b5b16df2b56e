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

// Microchip (SMSC) LAN87xx and the PHY inside LAN911x.
constexpr PhyField kMcsr[] = {
    {13, 13, "edpwrdown", "energy detect power-down enabled"},
    {9, 9, "farloopback", "far-end loopback"},
    {6, 6, "altint", "alternative interrupt mode"},
    {1, 1, "energyon", "energy on the line"},
};
constexpr PhyField kSmr[] = {{7, 5, "mode", "7 all capable, 6 power-down"}, {4, 0, "phyad", "address strap"}};
constexpr PhyField kScsir[] = {
    {15, 15, "amdixctrl", "auto-MDIX off"},
    {13, 13, "ch_select", "MDI|MDIX"},
    {4, 4, "xpol", "10BASE-T polarity reversed"},
};
constexpr PhyField kLanInterrupts[] = {
    {7, 7, "energyon", "energy came"},
    {6, 6, "an_complete", "negotiation complete"},
    {5, 5, "remote_fault", "remote fault"},
    {4, 4, "link_down", "link lost"},
    {3, 3, "an_lp_ack", "partner acknowledged"},
    {2, 2, "parallel_fault", "parallel detection fault"},
    {1, 1, "page_received", "page received"},
};
constexpr PhyField kPscsr[] = {
    {12, 12, "autodone", "negotiation done"},
    {4, 2, "speed_indication", "0|10 half|100 half|3|4|10 full|100 full|7"},
};
constexpr PhyRegisterName kLan87xx[] = {
    {17, "MCSR", "mode control and status", kMcsr},
    {18, "SMR", "special modes", kSmr},
    {26, "SECR", "symbol error counter", {}},
    {27, "SCSIR", "special control and status indication", kScsir},
    {29, "ISR", "interrupt source", kLanInterrupts},
    {30, "IMR", "interrupt mask", kLanInterrupts},
    {31, "PSCSR", "PHY special control and status", kPscsr},
};

// Micrel KSZ8081/8091.
constexpr PhyField kOmso[] = {{9, 9, "b_cast_off", "does not answer address 0"}};
constexpr PhyField kOmss[] = {
    {15, 13, "phyad", "address strap"}, {5, 5, "nand_tree", "NAND tree mode"}, {1, 1, "rmii", "RMII mode"}};
constexpr PhyField kLinkMd[] = {
    {15, 15, "start", "cable test runs"},
    {14, 13, "result", "normal|open|short|failed"},
    {12, 12, "short_cable", "below 10 m"},
    {8, 0, "fault_count", "distance count"},
};
constexpr PhyField kPhyCon1[] = {
    {9, 9, "pause", "flow control"},
    {8, 8, "link", "link up"},
    {7, 7, "polarity", "reversed"},
    {5, 5, "mdix", "MDI-X|MDI"},
    {4, 4, "energy", "signal on the line"},
    {3, 3, "isolate", "isolated"},
    {2, 0, "mode", "negotiating|10 half|100 half|3|4|10 full|100 full|7"},
};
constexpr PhyField kPhyCon2[] = {
    {15, 15, "hp_mdix", "HP auto-MDIX"},
    {11, 11, "force_link", "link forced"},
    {7, 7, "rmii_ref_clk_sel", "meaning depends on the ordering code"},
    {3, 3, "tx_disable", "transmitter off"},
    {2, 2, "remote_loopback", "far-end loopback"},
};
constexpr PhyRegisterName kKsz8081[] = {
    {0x15, "RXERC", "receive error counter", {}},
    {0x16, "OMSO", "operation mode strap override", kOmso},
    {0x17, "OMSS", "operation mode strap status", kOmss},
    {0x1d, "LINKMD", "cable diagnostics", kLinkMd},
    {0x1e, "PHYCON1", "PHY control 1", kPhyCon1},
    {0x1f, "PHYCON2", "PHY control 2", kPhyCon2},
};

// National/TI DP83848.
constexpr PhyField kPhysts[] = {
    {14, 14, "mdix", "MDIX"},
    {13, 13, "rx_error_latch", "receive errors since the last read"},
    {12, 12, "polarity", "reversed"},
    {11, 11, "false_carrier_latch", "false carriers since the last read"},
    {10, 10, "signal_detect", "signal"},
    {9, 9, "descrambler_lock", "locked"},
    {8, 8, "page_received", "page received"},
    {6, 6, "remote_fault", "remote fault"},
    {5, 5, "jabber", "jabber"},
    {4, 4, "an_complete", "negotiation complete"},
    {3, 3, "loopback", "loopback"},
    {2, 2, "duplex", "half|full"},
    {1, 1, "speed", "100|10 Mbit/s"},
    {0, 0, "link", "link up"},
};
constexpr PhyField kRbr[] = {
    {5, 5, "rmii_mode", "RMII"},
    {4, 4, "rmii_rev1_0", "RMII revision 1.0"},
    {3, 3, "rx_overflow", "elasticity buffer overflow"},
    {2, 2, "rx_underflow", "elasticity buffer underflow"},
    {1, 0, "elasticity", "buffer depth"},
};
constexpr PhyField kPhycr[] = {
    {15, 15, "mdix_enable", "auto-MDIX"},
    {14, 14, "force_mdix", "MDIX forced"},
    {9, 9, "bist_status", "passed"},
    {8, 8, "bist_start", "runs"},
    {4, 0, "phyad", "address"},
};
constexpr PhyRegisterName kDp83848[] = {
    {0x10, "PHYSTS", "PHY status", kPhysts},
    {0x14, "FCSCR", "false carrier counter", {}},
    {0x15, "RECR", "receive error counter", {}},
    {0x16, "PCSR", "PCS configuration and status", {}},
    {0x17, "RBR", "RMII and bypass", kRbr},
    {0x19, "PHYCR", "PHY control", kPhycr},
    {0x1b, "CDCTRL1", "test control and BIST", {}},
};

// IC Plus IP101.
constexpr PhyField kPhysmr[] = {
    {14, 14, "speed", "10|100 Mbit/s"}, {13, 13, "duplex", "half|full"}, {11, 11, "an_complete", "complete"},
    {10, 10, "link", "link up"},        {9, 9, "mdix", "MDIX"},          {8, 8, "polarity", "reversed"},
    {7, 7, "jabber", "jabber"},
};
constexpr PhyRegisterName kIp101[] = {
    {0x10, "PHYSCR", "PHY specific control", {}},
    {0x12, "PHYSMR", "PHY status monitoring", kPhysmr},
};

// Davicom DM9161 and the PHY inside DM9000.
constexpr PhyField kDscsr[] = {
    {15, 15, "100_full", "100 full"}, {14, 14, "100_half", "100 half"}, {13, 13, "10_full", "10 full"},
    {12, 12, "10_half", "10 half"},   {8, 4, "phyad", "address"},       {3, 0, "an_monitor", "negotiation state"},
};
constexpr PhyRegisterName kDavicom[] = {
    {16, "DSCR", "specified configuration", {}},
    {17, "DSCSR", "specified configuration and status", kDscsr},
};

// Realtek RTL8201F.
constexpr PhyField kIisdr[] = {
    {15, 15, "an_error", "negotiation error"}, {14, 14, "speed_change", "changed"},
    {13, 13, "duplex_change", "changed"},      {11, 11, "link_change", "changed"},
};
constexpr PhyRegisterName kRtl8201[] = {
    {0x1e, "IISDR", "interrupt indicators and SNR", kIisdr},
    {0x1f, "PAGE", "page select", {}},
};

constexpr PhyVendor kVendors[] = {
    {0x0007c000, 0xfffff000, "LAN87xx", kLan87xx},
    {0x00221560, 0xfffffff0, "KSZ8081", kKsz8081},
    {0x20005c90, 0xfffffff0, "DP83848", kDp83848},
    {0x20005ca0, 0xfffffff0, "DP83848", kDp83848},
    {0x02430c50, 0xfffffff0, "IP101", kIp101},
    {0x0181b800, 0xfffffc00, "DM9161", kDavicom},
    {0x001cc810, 0xfffffff0, "RTL8201F", kRtl8201},
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

const PhyVendor* FindPhyVendor(uint32_t id) {
  const auto found =
      std::ranges::find_if(kVendors, [id](const PhyVendor& v) { return (id & v.mask) == v.id; });
  return found == std::end(kVendors) ? nullptr : &*found;
}

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
